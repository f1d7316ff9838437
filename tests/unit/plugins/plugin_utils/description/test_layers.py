# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers build on each other, and each knows what it comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    CONNECTION,
    PRESENTATION,
    SETTINGS,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    Resolved,
    errors,
    resolve,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    RAW,
    codes,
)

Layer = Mapping[str, Any]


def sound(**raw: Any) -> Resolved:
    """What is fit for use."""
    resolved = resolve(raw)
    assert errors(resolved.findings) == []
    return resolved


def relay(name: str, **more: Any) -> Layer:
    """A layer that has a relay of its own."""
    return {
        "name": name,
        "host": f"{name}.example.com",
        "username": name,
        "password": PASSWORD,
        **more,
    }


class TestRafay:
    """Organization before partner before controller, each level as a whole."""

    TREE: Sequence[tuple[str, str | None]] = (
        ("controller", None),
        ("partner", "controller"),
        ("organization", "partner"),
        ("sister", "partner"),
        ("stranger", "controller"),
    )
    SCENARIOS = (
        # set                                        organization    sister        stranger
        (("controller",), ("controller", "controller", "controller")),
        (("controller", "partner"), ("partner", "partner", "controller")),
        (("controller", "partner", "organization"), ("organization", "partner", "controller")),
        (("partner",), ("partner", "partner", None)),
    )

    def layers(self, which: Sequence[str]) -> list[Layer]:
        return [
            {
                "name": name,
                "merge": "whole",
                **({"parent": parent} if parent else {}),
                **(relay(name, from_address=f"{name}@example.com") if name in which else {}),
            }
            for name, parent in self.TREE
        ]

    @pytest.mark.parametrize(("which", "expected"), SCENARIOS)
    def test_every_organization_uses_the_nearest_level_that_is_set(
        self, which: Sequence[str], expected: Sequence[str | None]
    ) -> None:
        effective = resolve({"layers": self.layers(which), "layer": "partner"}).effective
        for organization, level in zip(
            ("organization", "sister", "stranger"), expected, strict=True
        ):
            found = effective[organization]["description"]
            assert found["host"] == (f"{level}.example.com" if level else "")
            assert found["from_address"] == (f"{level}@example.com" if level else "")

    def test_a_level_that_nobody_set_is_told_with_that_organization(self) -> None:
        effective = resolve({"layers": self.layers(["partner"]), "layer": "sister"}).effective
        told = [finding["code"] for finding in effective["stranger"]["findings"]]
        assert told == ["host-missing", "from-address-missing"]
        assert effective["stranger"]["findings"][0]["where"] == "smtp_layers[4].host"
        assert effective["organization"]["findings"] == []

    def test_no_part_of_a_farther_level_is_mixed_in(self) -> None:
        layers = self.layers(["controller"])
        layers[2] = {**layers[2], **relay("organization"), "from_address": "o@example.com"}
        layers[0] = {**layers[0], "reply_to": "c@example.com", "timeout": 5}
        found = sound(layers=layers, layer="organization").description
        assert (found.reply_to, found.timeout) == (None, 10)


class TestABlock:
    """The usual way: the connection as a whole, everything else by field."""

    FAR = relay("far", from_address="far@example.com", from_name="Far", security="tls", timeout=5)

    def test_leaves_the_connection_when_a_layer_gives_no_part_of_it(self) -> None:
        found = sound(layers=[self.FAR, {"name": "near", "from_name": "Near"}]).description
        assert (found.host, found.port, found.username) == ("far.example.com", 465, "far")
        assert (found.from_name, found.from_address) == ("Near", "far@example.com")

    def test_replaces_the_connection_as_a_whole(self) -> None:
        near = {"name": "near", "host": "near.example.com", "auth": "none"}
        found = sound(layers=[self.FAR, near]).description
        assert (found.host, found.port, found.security) == ("near.example.com", 587, "starttls")
        assert (found.username, bool(found.password)) == ("", False)
        assert (found.from_name, found.timeout) == ("Far", 5)

    def test_never_sends_credentials_to_another_relay(self) -> None:
        far = {**self.FAR, "fallbacks": [{"host": "far2.example.com"}]}
        found = sound(layers=[far, relay("near")]).description
        assert found.fallbacks == ()
        assert found.username == "near"

    def test_without_a_relay_of_its_own_is_refused_with_the_part_that_replaced_it(self) -> None:
        [finding] = resolve({"layers": [self.FAR], "password": PASSWORD}).findings
        assert finding.code == "connection-replaced"
        assert finding.message.startswith("No relay is given: smtp_password replaces the whole")
        assert PASSWORD not in str(finding)

    @pytest.mark.parametrize("option", CONNECTION, ids=lambda option: option.name)
    def test_has_every_part_of_the_connection(self, option: Any) -> None:
        value: Any = {"oauth": {"token": "x"}, "port": 25}.get(option.name, "true")
        found = resolve({"layers": [self.FAR, {"name": "near", option.name: value}]})
        assert found.description.username != "far"

    def test_is_what_the_variables_beside_the_list_are_merged_by(self) -> None:
        found = sound(layers=[self.FAR], from_name="Here", host="here.example.com", auth="none")
        assert found.description.host == "here.example.com"
        assert found.provenance["from_name"] == "variables"
        assert found.provenance["from_address"] == "far"


class TestAField:
    def test_merges_each_by_itself(self) -> None:
        far = relay("far", from_address="far@example.com")
        near = {"name": "near", "merge": "Field", "password": "another", "port": "2587"}
        found = sound(layers=[far, near])
        assert found.description.host == "far.example.com"
        assert found.description.password.reveal() == "another"
        assert found.provenance["host"] == "far"
        assert found.provenance["password"] == "near"
        assert found.provenance["port"] == "near"


class TestATree:
    LAYERS: Sequence[Layer] = (
        relay("root", from_address="root@example.com"),
        {"name": "left", "parent": "root", "from_name": "Left"},
        {"name": "right", "parent": "root", "from_name": "Right"},
        {"name": "leaf", "parent": "left", "reply_to": "leaf@example.com"},
    )

    @pytest.mark.parametrize(
        ("layer", "from_name", "reply_to"),
        [
            ("root", None, None),
            ("left", "Left", None),
            ("right", "Right", None),
            ("leaf", "Left", "leaf@example.com"),
            (None, "Left", "leaf@example.com"),
        ],
    )
    def test_gives_a_layer_what_stands_on_its_way_to_the_root(
        self, layer: str | None, from_name: str | None, reply_to: str | None
    ) -> None:
        found = sound(layers=list(self.LAYERS), layer=layer).description
        assert (found.from_name, found.reply_to) == (from_name, reply_to)

    def test_is_a_chain_when_nobody_names_a_parent(self) -> None:
        layers = [
            {key: value for key, value in layer.items() if key != "parent"} for layer in self.LAYERS
        ]
        assert sound(layers=layers).description.from_name == "Right"

    def test_may_have_several_roots(self) -> None:
        layers = [*self.LAYERS, relay("other", from_address="o@example.com")]
        found = sound(layers=layers)
        assert (found.description.host, found.description.from_name) == ("other.example.com", None)

    def test_is_told_as_a_whole_with_the_origin_of_every_field(self) -> None:
        found = sound(layers=list(self.LAYERS), from_name="Here")
        assert list(found.effective) == ["root", "left", "right", "leaf"]
        assert found.effective["leaf"]["provenance"]["from_name"] == "left"
        assert found.effective["leaf"]["provenance"]["host"] == "root"
        assert found.effective["leaf"]["description"]["from_name"] == "Left"
        assert found.effective["right"]["description"]["from_name"] == "Right"
        assert found.description.from_name == "Here"

    def test_shows_no_secret_of_any_layer(self) -> None:
        found = sound(layers=list(self.LAYERS))
        assert PASSWORD not in json.dumps(found.effective)
        assert found.effective["leaf"]["description"]["password"] == "set"

    def test_of_one_long_loop_is_told_once(self) -> None:
        layers = [{"name": name, "parent": parent} for name, parent in ("ab", "bc", "ca", "da")]
        [finding] = resolve({**RAW, "layers": layers}).findings
        assert finding.message == "Layers build on each other in a circle: a → b → c → a."

    def test_of_a_layer_that_builds_on_itself_is_a_loop(self) -> None:
        assert codes(resolve({**RAW, "layers": [{"name": "a", "parent": "a"}]}).findings) == [
            "layer-loop"
        ]


class TestALayer:
    def test_can_come_from_a_survey_as_json(self) -> None:
        layers = json.dumps([relay("far", port="465", from_address="f@example.com")])
        assert sound(layers=layers).description.port == 465

    def test_with_a_wrong_value_is_told_by_its_place(self) -> None:
        layers = [relay("far", port="x"), {"name": "near", "from_address": "me"}]
        findings = resolve({"layers": layers}).findings
        assert [(finding.code, finding.where) for finding in findings] == [
            ("value-invalid", "smtp_layers[0].port"),
            ("address-invalid", "smtp_layers[1].from_address"),
        ]

    def test_names_its_own_variables_in_texts(self) -> None:
        layers = [relay("far", port=465, security="starttls", from_address="f@example.com")]
        [finding] = resolve({"layers": layers}).findings
        assert finding.where == "smtp_layers[0].port"
        assert finding.message.startswith(
            "smtp_layers[0].port 465 and smtp_layers[0].security starttls contradict each other"
        )

    @pytest.mark.parametrize(
        ("key", "near"),
        [("prot", "port"), ("smtp_host", "host"), ("server", "host"), ("perent", "parent")],
    )
    def test_with_an_unknown_key_is_told_the_nearest(self, key: str, near: str) -> None:
        layers = [relay("far", from_address="f@example.com", **{key: "x"})]
        [finding] = resolve({"layers": layers}).findings
        assert (finding.code, finding.where) == ("key-unknown", f"smtp_layers[0].{key}")
        assert f"{near} was probably meant" in finding.message

    def test_that_switches_mail_off_leaves_nothing_else_to_complain_about(self) -> None:
        found = resolve({"layers": [relay("far", port="x"), {"name": "near", "enabled": "no"}]})
        assert not found.description.enabled
        assert found.findings == ()
        assert found.provenance == {"enabled": "near"}

    def test_that_sets_nothing_changes_nothing(self) -> None:
        for merge in ("block", "field", "whole"):
            layers = [relay("far", from_address="f@example.com"), {"name": "near", "merge": merge}]
            assert sound(layers=layers).description.host == "far.example.com"


class TestAPolicy:
    FAR = relay(
        "far", from_address="f@example.com", policy={"fips": True, "allow_anonymous": False}
    )

    @pytest.mark.parametrize("merge", ["block", "field", "whole"])
    def test_of_a_farther_layer_holds_whatever_the_way(self, merge: str) -> None:
        near = relay("near", from_address="n@example.com", merge=merge, policy="require_tls")
        policy = sound(layers=[self.FAR, near]).description.policy
        assert (policy.fips, policy.allow_anonymous, policy.require_tls) == (True, False, True)

    def test_cannot_be_loosened_by_a_nearer_one(self) -> None:
        [finding] = resolve({"layers": [self.FAR], "policy": {"allow_anonymous": True}}).findings
        assert (finding.code, finding.where) == ("policy-loosened", "smtp_policy.allow_anonymous")
        assert "layer far" in finding.fix

    def test_is_named_where_it_stands_when_it_is_broken(self) -> None:
        layers = [self.FAR, {"name": "near", "merge": "field", "validate_certs": False}]
        [finding] = resolve({"layers": layers}).findings
        assert finding.where == "smtp_layers[1].validate_certs"
        assert finding.message.startswith("smtp_layers[0].policy.fips is set")


NAMES = [option.name for option in SETTINGS if option.name not in ("enabled", "policy", "ca_path")]
PRESENTED = [option.name for option in PRESENTATION]
ANY_LAYER = st.fixed_dictionaries(
    {"merge": st.sampled_from(["block", "field", "whole"])},
    optional={name: st.sampled_from(["one@example.com", "two@example.com"]) for name in PRESENTED},
)


@given(st.lists(ANY_LAYER, min_size=1, max_size=5))
def test_a_field_comes_from_the_nearest_layer_that_gives_it_after_the_last_whole_one(
    layers: list[dict[str, str]],
) -> None:
    named = [{**layer, "name": str(number)} for number, layer in enumerate(layers)]
    found = resolve({"layers": named, "host": "mail.example.com", "from_address": "me@example.com"})
    whole = [
        number
        for number, layer in enumerate(layers)
        if layer["merge"] == "whole" and len(layer) > 1
    ]
    counting = list(enumerate(layers))[whole[-1] if whole else 0 :]
    for name in PRESENTED:
        givers = [number for number, layer in counting if name in layer]
        expected = (
            "variables" if name == "from_address" else str(givers[-1]) if givers else "default"
        )
        assert found.provenance[name] == expected


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*NAMES, "name", "parent", "merge", "colour"]),
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=5)
            | st.just("a")
            | st.just("b"),
        ),
        max_size=4,
    ),
    st.none() | st.sampled_from(["a", "b", "zz"]),
)
def test_any_layers_make_a_description_or_findings(
    layers: list[dict[str, Any]], layer: str | None
) -> None:
    found = resolve({**RAW, "layers": layers, "layer": layer})
    assert errors(found.findings) or found.description.host == RAW["host"]
