# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which places of an object can be for mail at all, whatever a chart writes there. Pure.

A chart that was forged can make anything follow the mail port. So a place counts only where a setting is
no code and gives nothing: variables, entries of the release's own ConfigMaps and Secrets, volumes of these
at paths of their own, and words of a command line that are a setting and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    MISSING,
    Path,
    bare,
    find,
    is_nothing,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    CONFIG_KINDS,
    Object,
    Ref,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.said import MAIL, Said

_LOADS_CODE = re.compile(
    r"(LD|DYLD|PYTHON|PERL5?|RUBY|NODE|DOTNET|CORECLR|COR|PHP|GIT|BASH|LUA|GEM|BUNDLE|R)_?\w*"
    r"|\w*(JAVA|JVM|JDK|CATALINA|ERL|MAVEN|GRADLE|SBT)\w*|\w*_(OPTS|OPTIONS|FLAGS)"
    r"|OPENSSL_\w+|SSL_CERT_\w+|GLIBC_TUNABLES|KRB5_CONFIG|(AWS|BOTO)_(SHARED_)?CONFIG\w*|AWS_SHARED_\w+"
    r"|(GUNICORN|UVICORN|FLASK|CELERY|NPM_CONFIG|YARN|COMPOSER|XDG|GTK|GIO|QT)_\w+|\w+_SETTINGS_MODULE"
    r"|SPRING_(CONFIG|APPLICATION_JSON|MAIN|CLOUD)\w*|LOG(GING_CONFIG|4J\w*|BACK\w*)|\w*_ASKPASS|LESSOPEN"
    r"|(HTTPS?|ALL|NO)_PROXY|ZDOTDIR|VISUAL|BROWSER|\w*_ARGS"
    r"|ENV|PATH|CLASSPATH|HOME|SHELL|IFS|PS4|PROMPT_COMMAND|GCONV_PATH|EDITOR|PAGER|KUBECONFIG",
    re.IGNORECASE,
)
"""Variables by which a runtime, a shell or a tool loads code. Only a profile's evidence makes them mail."""
_OF_IMAGE = re.compile(
    r"/|/(bin|sbin|lib\w*|usr|boot|dev|proc|sys|root|home)(/.*)?"
    r"|/etc|/etc/(ld\.so.*|profile.*|cron.*|init.*|passwd|group|shadow|sudoers.*|pam.*)(/.*)?"
    r"|/(var/)?run(/secrets(/.*)?)?",
)
"""Paths where a file replaces code of the image, or an account."""
_CONTAINERS = ("containers", "initContainers")
_SOURCES = {"configMap": ("ConfigMap", "name"), "secret": ("Secret", "secretName")}
_KEYS = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}


def loads_code(name: str) -> bool:
    """Whether a variable of that name makes a program load code."""
    return bool(_LOADS_CODE.fullmatch(name))


def is_config(which: Ref, thing: Object) -> bool:
    """Whether an object is a ConfigMap or Secret that no runtime takes code from as variables."""
    keys = (key for group in ("data", "binaryData") for key in thing.get(group) or {})
    return which.kind in CONFIG_KINDS and not any(map(loads_code, keys))


def is_variable_of_mail(change: Change) -> bool:
    """Whether it is a variable whose name speaks of mail."""
    place = _of_container(change.path)
    if place is None or place[1] != "env" or len(change.path) <= place[0] + 3:
        return False
    name = bare(change.path[place[0] + 3])
    return bool(MAIL.search(name)) and not loads_code(name)


def _of_container(path: Path) -> tuple[int, str] | None:
    """Where in a path the containers of a pod begin, and the field of one of them that it leads to."""
    for position, step in enumerate(path[:-2]):
        if step in _CONTAINERS and path[position - 1] == "spec":
            return position, path[position + 2]
    return None


@dataclass(frozen=True)
class MailPlaces:
    """What a chart would have with the new settings, and where these can stand in it.

    :param wanted: the objects, as the chart renders them.
    :param said: what the settings say that change.
    :param foreign: objects that are not the release's, whatever the chart says.
    """

    wanted: Mapping[Ref, Object] = field(repr=False)
    said: Said
    foreign: Collection[Ref] = ()

    def has(self, change: Change) -> bool:
        """Whether the change of a place is for mail, when the settings are why it changes."""
        if change.ref.kind in CONFIG_KINDS:
            of_data = len(change.path) > 1 and change.path[0] in ("data", "binaryData")
            return of_data and not loads_code(bare(change.path[1])) and self.said.explains(change)
        return self._can_be(change) and self.said.explains(change)

    def _can_be(self, change: Change) -> bool:
        path = change.path
        if is_nothing(change.after):
            return _of_container(path) is not None or "volumes" in path
        place = _of_container(path)
        if place is None:
            return self._is_own_volume(change)
        position, name = place
        entry = self._would(change.ref, path[: position + 4])
        of = {
            "env": self._is_variable,
            "envFrom": self._is_source,
            "volumeMounts": self._is_mount,
            "args": self._is_word,
        }.get(name)
        return of is not None and of(change, position, entry)

    def _would(self, which: Ref, path: Path) -> Any:
        return find(self.wanted.get(which, {}), path)

    def _is_variable(self, change: Change, position: int, entry: Any) -> bool:
        if len(change.path) <= position + 3 or loads_code(bare(change.path[position + 3])):
            return False
        of_mail = is_variable_of_mail(change)
        return all(self._is_value(each, of_mail=of_mail) for each in _each(entry))

    def _is_value(self, entry: Mapping[str, Any], *, of_mail: bool) -> bool:
        origin = entry.get("valueFrom")
        if not origin:
            text = str(entry.get("value", ""))
            return of_mail or self.said.after.stand_in(text.splitlines(), of_mail=False)
        return all(
            source in _KEYS and self._is_own(_KEYS[source], str((body or {}).get("name", "")))
            for source, body in origin.items()
        )

    def _is_source(self, _change: Change, _position: int, entry: Any) -> bool:
        named = [
            (kind, str((each.get(source) or {}).get("name", "")))
            for each in _each(entry)
            for source, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret"))
            if source in each
        ]
        return bool(named) and all(
            is_config(Ref(kind, name), self.wanted.get(Ref(kind, name), {}))
            and self._is_own(kind, name)
            for kind, name in named
        )

    def _is_mount(self, change: Change, position: int, entry: Any) -> bool:
        spec_path = change.path[:position]
        volumes = find(self.wanted.get(change.ref, {}), (*spec_path, "volumes"))
        mounts = find(self.wanted.get(change.ref, {}), change.path[: position + 3])
        if not (isinstance(volumes, list) and isinstance(mounts, list)):
            return False
        by_name = {volume.get("name"): volume for volume in volumes}
        return all(
            self._is_config_volume(by_name.get(each.get("name"), {}))
            and _has_own_path(each, mounts)
            for each in _each(entry)
        )

    def _is_own_volume(self, change: Change) -> bool:
        if "volumes" not in change.path:
            return False
        end = change.path.index("volumes") + 2
        if change.path[end:] == ("projected", "sources"):
            return self._adds_config(change)
        entry = self._would(change.ref, change.path[:end])
        found = list(_each(entry))
        return bool(found) and all(map(self._is_config_volume, found))

    def _adds_config(self, change: Change) -> bool:
        """Whether a projected volume that was there gets nothing more than ConfigMaps and Secrets.

        :param change: of its sources.
        """
        if not (isinstance(change.before, list) and isinstance(change.after, list)):
            return False
        return all(
            len(source) == 1
            and all(
                kind in _SOURCES and self._is_own(_SOURCES[kind][0], str(body.get("name", "")))
                for kind, body in source.items()
            )
            for source in change.after
            if source not in change.before
        )

    def _is_config_volume(self, volume: Mapping[str, Any]) -> bool:
        sources = [key for key in volume if key != "name"]
        if len(sources) != 1 or sources[0] not in _SOURCES:
            return False
        kind, named = _SOURCES[sources[0]]
        return self._is_own(kind, str((volume[sources[0]] or {}).get(named, "")))

    def _is_own(self, kind: str, name: str) -> bool:
        """Whether it is an object of the chart, or one that the settings name."""
        which = Ref(kind, name)
        named = self.said.after.are_in_full(name)
        return named or (which in self.wanted and which not in self.foreign)

    def _is_word(self, change: Change, _position: int, _entry: Any) -> bool:
        """Whether words of a command line that come are a setting each, by itself or after ``--name=``."""
        before = change.before if isinstance(change.before, list) else [change.before]
        after = change.after if isinstance(change.after, list) else [change.after]
        return all(
            isinstance(word, str) and self.said.after.are_in_full(re.sub(r"^--?[\w.-]+=", "", word))
            for word in after
            if word not in before
        )


def _each(entry: Any) -> Iterator[Mapping[str, Any]]:
    """The entries at one place of a list; several that share a name stand there together."""
    for each in entry if isinstance(entry, tuple) else (entry,):
        if each is not MISSING and isinstance(each, Mapping):
            yield each


def _has_own_path(mount: Mapping[str, Any], mounts: list[Mapping[str, Any]]) -> bool:
    """Whether nothing else is mounted at the path, around it or below it, and the image needs it not."""
    path = _folder(mount)
    others = [_folder(each) for each in mounts if each is not mount]
    is_free = not any(path.startswith(each) or each.startswith(path) for each in others)
    return is_free and not _OF_IMAGE.fullmatch(path.rstrip("/") or "/") and ".." not in path


def _folder(mount: Mapping[str, Any]) -> str:
    return str(mount.get("mountPath", "/")).rstrip("/") + "/"
