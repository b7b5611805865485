"""The weights of the model: each is found by its feature."""

from __future__ import annotations

from tenantline.consent.wordings.weights import Weights


def test_each_feature_has_its_own_weight_and_an_unknown_one_none():
    weights = Weights(
        [b"# feature, weight\n", b"\t-0.25\n", b"wstop\t2.75\n", b"wno m\xc3\xa1s\t1\n"]
    )
    sought = ["", "wstop", "wno más", "wsto", "stop", "# feature, weight", "\ud800"]
    assert [weights.of(feature) for feature in sought] == [-0.25, 2.75, 1, 0, 0, 0, 0]


def test_many_weights_keep_apart():
    lines = (b"w%d\t%d\n" % (number, number) for number in range(10_000))
    weights = Weights(lines)
    assert all(weights.of(f"w{number}") == number for number in range(10_000))
