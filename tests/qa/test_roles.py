import pytest

from qa.roles import roles_exchanged


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("은행이 조합을 고소했다.", "조합이 은행을 고소했다."),
        ("병원은 환자에게 편지를 보낸다.", "환자가 병원에게 편지를 보낸다."),
        ("2019年農會控告銀行。", "2019年銀行控告農會。"),
        ("农会控告了银行", "銀行控告了農會。"),
    ],
)
def test_who_does_what_to_whom_is_told_by_particle_and_place(sentence: str, evidence: str) -> None:
    """Particles in Korean, the order of words in Chinese, in either form of its characters."""
    assert roles_exchanged(sentence, evidence)
    assert not roles_exchanged(evidence, evidence)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("조합은 은행을 고소했다.", "조합이 은행을 고소했다."),
        ("은행을 조합이 고소했다.", "조합이 은행을 고소했다."),
        ("편지는 병원이 보낸다.", "병원이 편지를 보낸다."),
        ("農會和銀行簽約。", "銀行和農會簽約。"),
        ("農會被銀行控告。", "銀行控告農會。"),
        ("교장이 학생에게 초대되었다.", "학생이 교장을 초대했다."),
        ("은행이 조합에게 고소당했다.", "조합이 은행을 고소했다."),
        ("本館鄰近市場", "市場鄰近本館"),
        ("館長叫王大明", "王大明叫館長"),
    ],
)
def test_another_order_of_the_same_is_no_exchange(sentence: str, evidence: str) -> None:
    """What particles leave alike, lists, passives, and what is the same both ways."""
    assert not roles_exchanged(sentence, evidence)
