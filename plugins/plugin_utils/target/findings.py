# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with what is written for an application, and where, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="target-is-no-release",
            severity="error",
            meaning="The application is not configured through a Helm release, so this step has no work.",
            message="{title} is not configured through a Helm release.",
            fix="{way}",
        ),
        Entry(
            code="values-dest-unwritable",
            severity="error",
            meaning="The file for what is rendered cannot be read or written on the controller.",
            message="smtp_values_dest {path} cannot be written: {problem}.",
            fix="Give a path whose folder exists and that the user of this run may write.",
        ),
        Entry(
            code="values-dest-not-own",
            severity="error",
            meaning=(
                "Others own or could replace the file that secrets would go into: it is a link, it "
                "belongs to another user, or others may write to a folder above it. Nothing was written."
            ),
            message="{path} cannot take a secret: {problem}.",
            fix=(
                "Set smtp_values_dest to a file in a folder that only the user of this run may write to, "
                "or remove smtp_values_include_secrets."
            ),
        ),
        Entry(
            code="values-dest-holds-more",
            severity="error",
            meaning="The file that is to be written holds what is not of mail, and would lose it.",
            message="{path} holds more than these settings, which would be lost: {keys}.",
            fix=(
                "Give smtp_values_dest a file of its own; Helm takes several with --values. Or "
                "remove {path}, if nobody needs it."
            ),
        ),
        Entry(
            code="document-missing",
            severity="error",
            meaning="The file that is to be edited is not there.",
            message="{title} is configured in a file that is there already, and {path} is not.",
            fix="Give the path of the application's own configuration file in smtp_values_dest.",
        ),
        Entry(
            code="document-invalid",
            severity="error",
            meaning="The file that is to be edited is no YAML, or has a form that cannot be edited.",
            message="{path} cannot be edited: {problem}.",
            fix="Correct the file; smtp_config returns what belongs into it under document.",
        ),
        Entry(
            code="document-block-missing",
            severity="error",
            meaning="The block of mail settings is not in the file.",
            message="There is no mapping {block} in {path}.",
            fix=(
                "Add it, as the application's documentation shows it, or say in smtp_document_path "
                "where it is."
            ),
        ),
        Entry(
            code="document-block-ambiguous",
            severity="error",
            meaning="More than one mapping in the file could be the block of mail settings.",
            message="There are several mappings {block} in {path}: {places}.",
            fix="Say in smtp_document_path which one is meant.",
        ),
        Entry(
            code="document-block-of-others",
            severity="error",
            meaning=(
                "A mapping with the name of the block lacks the keys that only the application's own "
                "block has, so it belongs to something else in the same file."
            ),
            message="{places} in {path} is not the block of the application: it has no key {keys}.",
            fix=(
                "Add a mapping {name} with the key {keys} where the application's documentation shows "
                "it. If {places} is the right place, add that key to it."
            ),
        ),
        Entry(
            code="document-library-missing",
            severity="error",
            meaning="The library that edits YAML with its comments kept is missing on the controller.",
            message="The Python library ruamel.yaml cannot be used by {python}: {problem}.",
            fix=(
                "Install it into the environment that runs ansible-playbook: {python} -m pip install "
                "ruamel.yaml"
            ),
        ),
        Entry(
            code="secret-readable-by-others",
            severity="warning",
            meaning="A file keeps its mode when it is edited, and others can read the secret in it.",
            message="{path} holds a secret now, and others than its owner can read it.",
            fix="chmod 600 {path}, if the application can still read it then.",
        ),
        Entry(
            code="secret-not-written",
            severity="warning",
            meaning=(
                "A file that an application reads as it is has been written without its secrets, "
                "which is what happens unless they are asked for."
            ),
            message="{path} is written without {keys}, where {title} finds {instead}.",
            fix=(
                "Set smtp_values_include_secrets: true, or put it there in another way before the "
                "file is used."
            ),
        ),
        Entry(
            code="variable-of-several-lines",
            severity="error",
            meaning="A file of variables holds one line for each, and a value has several.",
            message="The value of {where} has several lines, which no file of variables can hold.",
            fix="Set {where} in another way; smtp_config returns it under variables.",
        ),
    )
)
