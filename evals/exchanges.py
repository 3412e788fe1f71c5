"""Words in English, Korean and Chinese whose exchange makes a statement false: pattern, then text.

Of the denials the first that fits is used; of the others any. The check has lists of such words
too (`qa/language.toml`), and what it gets right with those of its lists says little about the rest
of a language: so `HELD_OUT` has words that are in none of its lists, which are reported apart.
"""

import re

# An exchange of words that stand after a number, with or without a space.
_COUNTED = r"(?:(?<=\d)|(?<=\d[ -])){}\b"
_AMOUNT = r"(?<=[\d二三四五六七八九十百千萬万億亿천백만억])"


def _both_ways(pairs: str, around: str = r"\b{}\b") -> list[tuple[str, str]]:
    found = [tuple(pair.split("/")) for pair in pairs.split()]
    both = [*found, *((second, first) for first, second in found)]
    return [(around.format(re.escape(first)), second) for first, second in both]


_BE = "is|was|are|were|can|could|will|would|should|may|must|did|does|has|have|had"
NEGATIONS = (
    (rf"\b({_BE}) not\b", r"\1"),
    (r"\bnever ", ""),
    (rf"\b({_BE})\b", r"\1 not"),
    (r"하지 (?:않았|못했)다", "했다"),
    (r"되지 않았다", "되었다"),
    (r"하지 않는다", "한다"),
    (r"되지 않는다", "된다"),
    (r"(?:하였|했)다(?=\W*$)", "하지 않았다"),
    (r"(?:되었|됐)다(?=\W*$)", "되지 않았다"),
    (r"이었다(?=\W*$)", "이 아니었다"),
    (r"(?<=[가-힣])였다(?=\W*$)", "가 아니었다"),
    (r"(받|있|맡|얻|남|죽|잡|찾|믿|읽|넘)(?:았|었)다(?=\W*$)", r"\1지 않았다"),
    (r"한다(?=\W*$)", "하지 않는다"),
    (r"된다(?=\W*$)", "되지 않는다"),
    (r"있다(?=\W*$)", "있지 않다"),
    (r"없다(?=\W*$)", "있다"),
    (r"이다(?=\W*$)", "이 아니다"),
    (r"[並并]?不(?=是|會|会|能|可|再|屬|属|包括)", ""),
    (r"(?:沒|没)有", "有"),
    (r"未(?=能|被|曾|有)", ""),
    (r"(?<![但於于還还可就總总若凡不])是(?!否)", "不是"),
    (r"可以", "不可以"),
    (r"能[夠够]", "不能夠"),
    (r"曾", "不曾"),
    (r"(位於|成為|擁有|屬於|位于|成为|拥有|属于)", r"未\1"),
    (r"被", "未被"),
)
UNITS = [
    *_both_ways("km/m kilometres/miles kilometers/miles metres/feet meters/feet kg/g", _COUNTED),
    *_both_ways("million/billion percent/permille dollars/euros pounds/kilograms", _COUNTED),
    *_both_ways("tons/kilograms years/months days/weeks hours/minutes", _COUNTED),
    *_both_ways("公里/公尺 公斤/公噸 萬/億 万/亿 美元/歐元 小時/分鐘 小时/分钟", _AMOUNT + "{}"),
    *_both_ways("킬로미터/미터 만/억 달러/유로 시간/분 톤/킬로그램 원/달러", _AMOUNT + " ?{}"),
    (r"\$(?=\d)", "€"),
    (r"£(?=\d)", "$"),
]
QUANTIFIERS = [
    *_both_ways("all/some every/some must/may always/sometimes only/also"),
    *_both_ways("usually/rarely"),
    (r"\bmost of\b", "few of"),
    (r"\bmany\b", "few"),
    *_both_ways("모든/일부 모두/일부 항상/가끔 대부분/일부 반드시/가끔 대부분의/소수의", "{}"),
    (r"[해하]야 한다", "해도 된다"),
    *_both_ways("所有/部分 全部/部分 必須/可以 必须/可以 總是/偶爾 总是/偶尔 大部分/少數", "{}"),
    *_both_ways("大多數/少數 大多数/少数 主要/次要 唯一/其中", "{}"),
]
OPPOSITES = [
    *_both_ways("before/after more/less first/last largest/smallest highest/lowest above/below"),
    *_both_ways("north/south northern/southern east/west eastern/western early/late won/lost"),
    *_both_ways(
        "increased/decreased increase/decrease oldest/youngest began/ended maximum/minimum"
    ),
    *_both_ways(
        "최초/최후 이상/이하 이전/이후 최대/최소 증가/감소 북쪽/남쪽 동쪽/서쪽 승리/패배", "{}"
    ),
    *_both_ways("많은/적은 높은/낮은 시작/종료", "{}"),
    *_both_ways("以上/以下 之前/之後 之前/之后 以前/以後 最大/最小 最高/最低 最早/最晚", "{}"),
    *_both_ways("增加/減少 增加/减少 北部/南部 東部/西部 首次/末次 開始/結束 开始/结束", "{}"),
]
HELD_OUT = {
    "negation": [
        (rf"\b({_BE})\b", r"\1 hardly"),
        (r"(?:하였|했)다(?=\W*$)", "하는 데 실패했다"),
        (r"(?:되었|됐)다(?=\W*$)", "되는 데 실패했다"),
        (r"이다(?=\W*$)", "이라는 것은 거짓이다"),
        (r"可以|能[夠够]", "難以"),
        (r"(?<![但於于還还可就總总若凡不])是(?!否)", "絕非"),
    ],
    "unit": [
        *_both_ways("acres/hectares litres/gallons liters/gallons watts/kilowatts", _COUNTED),
        *_both_ways("rupees/pesos francs/marks roubles/pesos ounces/carats", _COUNTED),
        *_both_ways("公頃/英畝 公顷/英亩 公升/加侖 公升/加仑 盧布/披索 卢布/比索", _AMOUNT + "{}"),
        *_both_ways("헥타르/에이커 리터/갤런 루블/페소 와트/킬로와트", _AMOUNT + " ?{}"),
    ],
    "quantifier": [
        *_both_ways("frequently/seldom entirely/partly completely/partially fully/partly"),
        *_both_ways("annually/monthly exclusively/partly majority/minority once/twice"),
        *_both_ways("자주/드물게 완전히/조금 매년/매월 유일한/흔한", "{}"),
        *_both_ways("經常/很少 经常/很少 完全/略微 每年/每月 全體/個別 全体/个别", "{}"),
    ],
    "opposite": [
        *_both_ways("inside/outside open/closed male/female public/private modern/ancient"),
        *_both_ways("father/mother husband/wife brother/sister son/daughter bought/sold"),
        *_both_ways("arrived/departed succeeded/failed supported/opposed urban/rural"),
        *_both_ways("domestic/foreign temporary/permanent morning/evening summer/winter"),
        *_both_ways("남성/여성 아버지/어머니 남편/아내 공립/사립 국내/국외 수입/수출", "{}"),
        *_both_ways("성공/실패 왼쪽/오른쪽 실내/실외 여름/겨울 오전/오후 입학/졸업", "{}"),
        *_both_ways("내부/외부 공격/방어 도착/출발", "{}"),
        *_both_ways("男性/女性 父親/母親 父亲/母亲 丈夫/妻子 國內/國外 国内/国外", "{}"),
        *_both_ways("進口/出口 进口/出口 成功/失敗 成功/失败 公立/私立 室內/室外", "{}"),
        *_both_ways("左側/右側 左侧/右侧 夏季/冬季 上午/下午 內部/外部 内部/外部", "{}"),
        *_both_ways("永久/臨時 永久/临时 進攻/防守 进攻/防守 上游/下游", "{}"),
    ],
}
