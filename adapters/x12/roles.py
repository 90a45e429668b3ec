"""Entity codes (NM101) and provider codes (PRV01) of the 837, and the roles they mean."""

from __future__ import annotations

from claims.claim import ClaimType, Order, ProviderRole

ROLE_BY_ENTITY: dict[str, ProviderRole] = {
    "85": "billing",
    "87": "pay_to",
    "PE": "pay_to_plan",
    "82": "rendering",
    "DN": "referring",
    "P3": "primary_care",
    "DQ": "supervising",
    "DK": "ordering",
    "QB": "purchased_service",
    "77": "service_facility",
    "71": "attending",
    "72": "operating",
    "ZZ": "other_operating",
    "PW": "ambulance_pickup",
    "45": "ambulance_dropoff",
    # 004010: facility, testing laboratory, independent laboratory
    "FA": "service_facility",
    "TL": "service_facility",
    "LI": "service_facility",
}
ENTITY_BY_ROLE: dict[ProviderRole, str] = {
    role: entity for entity, role in ROLE_BY_ENTITY.items() if entity not in ("FA", "TL", "LI")
}
PROVIDER_CODE: dict[ProviderRole, str] = {"billing": "BI", "rendering": "PE", "attending": "AT", "referring": "RF"}

FACILITY_QUALIFIER: dict[ClaimType, str] = {"professional": "B", "institutional": "A"}
"""CLM05-2: place of service, or type of bill; there is no other value, and 004010 and some senders leave it out."""

ORDER_BY_CODE: dict[str, Order] = {"P": "primary", "S": "secondary", "T": "tertiary"}
CODE_BY_ORDER: dict[Order, str] = {order: code for code, order in ORDER_BY_CODE.items()}
