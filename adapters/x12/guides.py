"""What a 270 and a 276 may hold, as tables that look like the guides: 005010X279A1 and 005010X212.

One row a loop or a segment, in order; what is indented belongs to the loop above. Then usage (R required,
S situational), how often (`>` = any number), and for a segment its elements: `3=` must be filled, `3?` may be,
`3!` must be and tells this row from others of its name; what is not named must be empty. Behind that stands what
fits: codes, or a kind in small letters (an = text of so many characters, n0 = whole number, r = amount, d8 = day,
tm = time, dtp = day or range as the element before says, types = service types, comp = composite). `8&9` means both
or neither.
"""

from __future__ import annotations

_NAME = "3?an60 4?an35 5?an25 7?an10"
_ADDRESS = """
{i}N3     S 1   1=an55 2?an55
{i}N4     S 1   1=an2-30 2?an2 3?an3-15 4?an2-3 7?an3"""
_PROVIDER_KIND = "AD,AT,BI,CO,CV,H,HH,LA,OT,P1,P2,PC,PE,R,RF,SB,SK,SU"
_PERSON_REFERENCES = "18,1L,1W,3H,6P,CT,EA,EJ,F6,GH,HJ,IG,N6,NQ,SY,Y4"
_PERSON = f"""
{{i}}REF    S 9   1={_PERSON_REFERENCES} 2=an50{_ADDRESS}
{{i}}PRV    S 1   1={_PROVIDER_KIND} 2?9K,D3,EI,HPI,PXC,SY,TJ 3?an50 2&3
{{i}}DMG    S 1   1?D8 2?d8 3?F,M 1&2"""
_HI = "1=comp 2?comp 3?comp 4?comp 5?comp 6?comp 7?comp 8?comp"
_ASKED = """
{i}EQ     R 1   1?types 2?comp 3?FAM,IND 5?comp
{i}AMT    S 2   1=R,PB 2=r
{i}III    S 1   1=ZZ 2=an1-30
{i}REF    S 1   1=9F,G1 2=an50
{i}DTP    S 1   1=291 2=D8,RD8 3=dtp"""

GUIDE_270 = f"""
ST           R 1   1=270 2=an4-9 3=005010X279A1
BHT          R 1   1=0022 2=01,13,36 3?an50 4=d8 5=tm 6?RT
2000A        R >
  HL         R 1   1=n0 3!20 4=1
  2100A      R 1
    NM1      R 1   1=2B,36,GP,P5,PR 2=1,2 {_NAME} 8=24,46,FI,NI,PI,XV,XX 9=an2-80
  2000B      R >
    HL       R 1   1=n0 2=n0 3!21 4=1
    2100B    R 1
      NM1    R 1   1=1P,2B,36,80,FA,GP,P5,PR 2=1,2 {_NAME} 8=24,34,FI,PI,PP,SV,XV,XX 9=an2-80
      REF    S 9   1=0B,1C,1D,1J,4A,CT,EL,EO,HPI,JD,N5,N7,Q4,SY,TJ 2=an50 3?an80{_ADDRESS.format(i="      ")}
      PRV    S 1   1={_PROVIDER_KIND} 2=PXC 3=an50
    2000C    R >
      HL     R 1   1=n0 2=n0 3!22 4=0,1
      TRN    S 2   1=1 2=an50 3=an10-10 4?an50
      2100C  R 1
        NM1  R 1   1!IL 2=1,2 {_NAME} 8?II,MI 9?an2-80 8&9{_PERSON.format(i="        ")}
        INS  S 1   1=Y 2=18 17?n0
        HI   S 1   {_HI}
        DTP  S 2   1=102,291 2=D8,RD8 3=dtp
        2110C S 99{_ASKED.format(i="          ")}
      2000D  S >
        HL   R 1   1=n0 2=n0 3!23 4=0
        TRN  S 2   1=1 2=an50 3=an10-10 4?an50
        2100D R 1
          NM1 R 1  1!03 2=1 {_NAME}{_PERSON.format(i="          ")}
          INS S 1  1=N 2=01,19,34 17?n0
          HI S 1   {_HI}
          DTP S 2  1=102,291 2=D8,RD8 3=dtp
          2110D R 99{_ASKED.format(i="            ")}
SE           R 1   1=n0 2=an4-9
"""

_CLAIM = """
{i}TRN    R 1   1=1 2=an50
{i}REF    S 1   1!1K 2=an50
{i}REF    S 1   1!BLT 2=an1-50
{i}REF    S 1   1!LU 2=an50
{i}REF    S 1   1!6P 2=an50
{i}REF    S 1   1!EJ 2=an50
{i}REF    S 1   1!XZ 2=an50
{i}REF    S 1   1!D9 2=an50
{i}AMT    S 1   1=T3 2=r
{i}DTP    S 1   1=472 2=D8,RD8 3=dtp"""
_LINE = """
{i}SVC    R 1   1=comp 2=r 4?an48 7=r
{i}REF    S 1   1=FJ 2=an50
{i}DTP    R 1   1=472 2=D8,RD8 3=dtp"""

GUIDE_276 = f"""
ST           R 1   1=276 2=an4-9 3=005010X212
BHT          R 1   1=0010 2=13 3=an50 4=d8 5=tm
2000A        R >
  HL         R 1   1=n0 3!20 4=1
  2100A      R 1
    NM1      R 1   1=PR 2=2 3=an60 8=PI,XV 9=an2-80
  2000B      R >
    HL       R 1   1=n0 2=n0 3!21 4=1
    2100B    R 1
      NM1    R 1   1=41 2=1,2 3?an60 4?an35 5?an25 8=46 9=an2-80
    2000C    R >
      HL     R 1   1=n0 2=n0 3!19 4=1
      2100C  R 2
        NM1  R 1   1!1P 2=1,2 {_NAME} 8=FI,SV,XX 9=an2-80
      2000D  R >
        HL   R 1   1=n0 2=n0 3!22 4=0,1
        DMG  S 1   1=D8 2=d8 3?F,M
        2100D R 1
          NM1 R 1  1!IL 2=1,2 3=an60 4?an35 5?an25 7?an10 8=24,II,MI 9=an2-80
        2200D S >{_CLAIM.format(i="          ")}
          2210D S >{_LINE.format(i="            ")}
        2000E S >
          HL R 1   1=n0 2=n0 3!23 4?0
          DMG R 1  1=D8 2=d8 3?F,M
          2100E R 1
            NM1 R 1 1!QC 2=1 3=an60 4?an35 5?an25 7?an10
          2200E R >{_CLAIM.format(i="            ")}
            2210E S >{_LINE.format(i="              ")}
SE           R 1   1=n0 2=an4-9
"""

PARENT_LEVELS = {
    "270": {"20": "", "21": "20", "22": "21", "23": "22"},
    "276": {"20": "", "21": "20", "19": "21", "22": "19", "23": "22"},
}
"""HL03 of the level above, by HL03."""
