# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How settings reach an application that is not configured through a Helm release."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile


def way(profile: Profile) -> str:
    """What a person does with what smtp_config makes."""
    if profile.file is not None:
        return (
            f"Let smtp_config write {profile.file.name} to smtp_values_dest, and put it where "
            f"{profile.title} reads it."
        )
    if profile.block is not None:
        return (
            f"Let smtp_config edit the block {profile.block.name} of its file: give the path in "
            "smtp_values_dest."
        )
    if profile.api is not None:
        call = profile.api.call
        return (
            f"Send what smtp_config returns under document, with its secrets, by {call.method} "
            f"{call.path}."
        )
    if profile.form is not None:
        return (
            f"Fill in the form under {profile.form.where}, as smtp_config returns it under sheet."
        )
    return "Set the variables that smtp_config returns."
