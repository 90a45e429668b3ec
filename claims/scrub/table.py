"""The one ordered table of edits: name, severity, source, check, and the claim type where it is not both."""

from __future__ import annotations

from claims.base import Day
from claims.claim import Claim, ClaimType
from claims.findings import Finding
from claims.payer_rules import PayerRules
from claims.scrub import cob, codes, dates, filing, header, institutional, lines, parties
from claims.scrub.edit import Edit, Icd, Scene
from claims.tables import Tables

P: tuple[ClaimType, ...] = ("professional",)
INST: tuple[ClaimType, ...] = ("institutional",)

NPI = "45 CFR 162.406; CMS, NPI check digit (Luhn over 80840 and the number)"
TR3 = "ASC X12 005010X222A1, 005010X223A2"
TR3_P = "ASC X12 005010X222A1"
TR3_I = "ASC X12 005010X223A2"
NUBC = "NUBC Official UB-04 Data Specifications Manual"
ICD = "CDC/NCHS ICD-10-CM and CMS Medicare Code Editor v44; 45 CFR 162.1002"
GUIDELINES = "ICD-10-CM Official Guidelines for Coding and Reporting"
HIPAA_ICD = "45 CFR 162.1002(b), (c): ICD-9-CM to 30 September 2015, ICD-10-CM from then on"
CPT = "45 CFR 162.1002: CPT and HCPCS; form only"
POS = "CMS Place of Service Code Set"
USPS = "USPS Publication 28, appendix B; " + TR3
COB = TR3 + ", section 1.4.2 (balancing) and loops 2320, 2330, 2430"
CARC = "X12 code list 139 (claim adjustment reason codes)"
PAYER = "the payer's rules (payer_rules/*.toml); Medicare: 42 CFR 424.44"
DATES = "the order of events"

EDITS: tuple[Edit, ...] = (
    # the claim's own number and frequency
    Edit("control-number-missing", "error", TR3 + ", CLM01", header.control_number_missing),
    Edit("control-number-over-38", "error", TR3 + ", CLM01", header.control_number_too_long),
    Edit("control-number-over-20", "warning", TR3 + ", CLM01: 20 characters are returned", header.control_number_long),
    Edit("frequency-code", "error", NUBC + ", FL 4 (code source 235); " + TR3_P, header.frequency_code),
    Edit("frequency-without-control-number", "error", TR3 + ", REF*F8", header.frequency_without_control_number),
    Edit("replacement-not-taken", "error", "the payer's rules; Medicare: 42 CFR 405.980", header.replacement_not_taken),
    # who bills, treats, pays
    Edit("npi-form", "error", NPI, parties.npi_form),
    Edit("npi-check-digit", "error", NPI, parties.npi_check_digit),
    Edit("provider-id-qualifier", "error", TR3 + ", NM108", parties.provider_id_qualifier),
    Edit("billing-provider-unidentified", "error", TR3 + ", 2010AA NM109", parties.billing_unidentified),
    Edit(
        "provider-unidentified", "warning", TR3 + ", NM109 and REF of loops 2310, 2420", parties.provider_unidentified
    ),
    Edit("taxonomy-form", "error", "NUCC Health Care Provider Taxonomy; form only", parties.taxonomy_form),
    Edit("tax-number-form", "error", TR3 + ", 2010AA REF; 26 CFR 301.6109-1", parties.tax_number_form),
    Edit("tax-number-missing", "error", TR3 + ", 2010AA REF (required)", parties.tax_number_missing),
    Edit("billing-address-missing", "error", TR3 + ", 2010AA N3 (required)", parties.billing_address_missing),
    Edit("billing-address-po-box", "error", TR3 + ", 2010AA N301", parties.billing_post_office_box),
    Edit("attending-missing", "error", TR3_I + ", loop 2310A", parties.attending_missing, INST),
    Edit("payer-missing", "error", TR3 + ", loop 2000B", parties.no_coverage),
    Edit("payer-id-missing", "error", TR3 + ", 2010BB and 2330B NM109", parties.payer_id_missing),
    Edit("member-id-missing", "error", TR3 + ", 2010BA and 2330A NM109", parties.member_id_missing),
    Edit("medicare-number-form", "error", "CMS, Understanding the MBI format", parties.medicare_number_form),
    Edit("medicare-secondary-reason", "error", TR3_P + ", SBR05; 42 CFR 411", parties.medicare_secondary_reason, P),
    # subscriber and patient
    Edit("self-with-patient-loop", "error", TR3 + ", 2000B SBR02 and 2000C", parties.self_with_patient_loop),
    Edit("relationship-missing", "error", TR3 + ", 2000B SBR02 and 2000C", parties.relationship_missing),
    Edit("relationship-code", "error", TR3 + ", PAT01 and 2320 SBR02", parties.relationship_code),
    Edit("patient-is-subscriber", "warning", TR3 + ", 2000C: not used then", parties.patient_is_subscriber),
    Edit("child-older-than-subscriber", "warning", TR3 + ", PAT01; " + DATES, parties.child_older),
    Edit("demographics-missing", "error", TR3 + ", 2010BA and 2010CA N3, N4, DMG", parties.demographics_missing),
    Edit("gender-code", "error", TR3 + ", DMG03", parties.gender_code),
    Edit("state-code", "error", USPS, parties.state_code),
    Edit("postal-code", "error", USPS, parties.postal_code),
    # diagnoses
    Edit("principal-diagnosis-missing", "error", TR3 + ", 2300 HI", codes.principal_missing),
    Edit("principal-diagnosis-twice", "error", TR3 + ", 2300 HI", codes.principal_twice),
    Edit("diagnosis-count", "error", TR3 + ", 2300 HI", codes.diagnosis_count),
    Edit("diagnosis-dotted", "error", TR3 + ", 2300 HI: without decimal point", codes.diagnosis_dotted),
    Edit("diagnosis-form", "error", ICD, codes.diagnosis_form),
    Edit("diagnosis-unknown", "error", ICD, codes.diagnosis_unknown),
    Edit("diagnosis-header", "error", ICD + "; guidelines I.B.2", codes.diagnosis_header),
    Edit("diagnosis-not-valid-on-date", "error", ICD, codes.diagnosis_not_valid_on_date),
    Edit("diagnosis-unconfirmed", "warning", ICD, codes.diagnosis_unconfirmed),
    Edit("icd-9-after-change", "error", HIPAA_ICD, codes.icd9_after_change),
    Edit("icd-10-before-change", "error", HIPAA_ICD, codes.icd10_before_change),
    Edit("icd-mixed", "error", HIPAA_ICD, codes.icd_mixed),
    Edit("external-cause-principal", "error", GUIDELINES + " I.C.20.a.6", codes.external_cause_first),
    Edit("diagnosis-repeated", "warning", GUIDELINES + " I.B.12", codes.diagnosis_repeated),
    Edit("present-on-admission", "error", NUBC + ", FL 67", codes.present_on_admission, INST),
    Edit("admitting-diagnosis-missing", "error", TR3_I + ", HI*ABJ", institutional.admitting_diagnosis_missing, INST),
    Edit("inpatient-procedure-form", "error", "CMS ICD-10-PCS; form only", codes.procedure_icd_form, INST),
    # where and what kind
    Edit("place-of-service", "error", POS, codes.place_of_service, P),
    Edit("facility-qualifier", "error", TR3 + ", CLM05-2", header.facility_qualifier),
    Edit("accident-state-missing", "error", TR3_P + ", CLM11-4", header.accident_state, P),
    Edit("accident-date-missing", "error", TR3_P + ", DTP*439", header.accident_date, P),
    Edit("bill-type", "error", NUBC + ", FL 4", institutional.bill_type, INST),
    Edit("patient-status", "error", NUBC + ", FL 17", institutional.patient_status, INST),
    Edit("patient-status-frequency", "warning", NUBC + ", FL 4, 17", institutional.patient_status_and_frequency, INST),
    Edit("admission-type", "error", NUBC + ", FL 14", institutional.admission_type, INST),
    Edit("admission-source", "error", NUBC + ", FL 15", institutional.admission_source, INST),
    Edit("newborn-source", "error", NUBC + ", FL 15", institutional.newborn_source, INST),
    Edit("admission-date-missing", "error", TR3_I + ", DTP*435", institutional.admission_date_missing, INST),
    Edit("value-code", "error", NUBC + ", FL 39 to 41", institutional.value_code_form, INST),
    Edit("condition-occurrence", "error", NUBC + ", FL 18 to 36", institutional.condition_and_occurrence_form, INST),
    Edit("covered-days", "error", NUBC + ", value codes 80, 81", institutional.covered_days, INST),
    Edit("covered-days-differ", "warning", NUBC + ", value codes 80, 81", institutional.covered_days_differ, INST),
    Edit("room-days", "warning", NUBC + ", FL 6, 42, 46", institutional.room_days, INST),
    # lines
    Edit("no-lines", "error", TR3 + ", loop 2400", lines.no_lines),
    Edit("too-many-lines", "error", TR3 + ", loop 2400 repeats", lines.too_many_lines),
    Edit("line-sum", "error", TR3 + ", CLM02", lines.line_sum),
    Edit("charge-negative", "error", TR3 + ", CLM02, SV102, SV203", lines.negative_charge),
    Edit("charge-too-large", "error", TR3 + ", decimal data", lines.charge_too_large),
    Edit("claim-charge-zero", "warning", TR3 + ", CLM02", lines.zero_claim_charge),
    Edit("line-charge-zero", "warning", TR3 + ", SV102, SV203", lines.zero_line_charge),
    Edit("units", "error", TR3 + ", SV104, SV205", lines.units),
    Edit("unit-code", "error", TR3 + ", SV103, SV204", lines.unit_code),
    Edit("minutes-without-anesthesia", "warning", TR3_P + ", SV103", lines.minutes_without_anesthesia, P),
    Edit("procedure-missing", "error", TR3_P + ", SV101", codes.procedure_missing, P),
    Edit("procedure-qualifier", "error", TR3 + ", SV101-1, SV202-1", codes.procedure_qualifier),
    Edit("procedure-form", "error", CPT, codes.procedure_form),
    Edit("modifier-form", "error", CPT, codes.modifier_form),
    Edit("modifier-unknown", "warning", CPT, codes.modifier_unknown),
    Edit("modifier-repeated", "warning", CPT, codes.modifier_repeated),
    Edit("drug-code-form", "error", "21 CFR 207.33; " + TR3 + ", LIN03", codes.drug_code_form),
    Edit("drug-quantity", "error", TR3 + ", CTP04", codes.drug_quantity),
    Edit("clia-form", "error", "42 CFR 493; CMS CLIA number; " + TR3_P + ", REF*X4", codes.clia_form, P),
    Edit("pointer-missing", "error", TR3_P + ", SV107", lines.pointer_missing, P),
    Edit("pointer-absent-diagnosis", "error", TR3_P + ", SV107", lines.pointer_absent, P),
    Edit("pointer-range", "error", TR3_P + ", SV107", lines.pointer_range, P),
    Edit("pointer-repeated", "error", TR3_P + ", SV107", lines.pointer_repeated, P),
    Edit("pointer-count", "error", TR3_P + ", SV107", lines.pointer_count, P),
    Edit("revenue-code", "error", NUBC + ", FL 42", institutional.revenue_code, INST),
    Edit("revenue-total-line", "error", TR3_I + ", SV201", institutional.revenue_total, INST),
    Edit("line-repeated", "warning", "CMS NCCI Policy Manual ch. I; CARC 18", lines.duplicate_lines),
    # days
    Edit("service-date-missing", "error", TR3_P + ", DTP*472", dates.line_without_date, P),
    Edit("service-in-future", "error", DATES, dates.service_in_future),
    Edit("service-reversed", "error", DATES, dates.service_reversed),
    Edit("statement-dates-missing", "error", TR3_I + ", DTP*434", dates.statement_missing, INST),
    Edit("statement-reversed", "error", DATES, dates.statement_reversed, INST),
    Edit("line-outside-statement", "error", NUBC + ", FL 6, 45", dates.line_outside_statement, INST),
    Edit("birth-in-future", "error", DATES, dates.birth_in_future),
    Edit("birth-after-service", "error", DATES, dates.birth_after_service),
    Edit("birth-implausible", "warning", "no one on record lived 125 years", dates.birth_implausible),
    Edit("died-before-service", "error", TR3 + ", PAT06; " + DATES, dates.died_before_service),
    Edit("admission-date", "error", DATES, dates.admission_dates),
    Edit("stay-reversed", "error", DATES, dates.stay_reversed, P),
    Edit("date-in-future", "error", DATES, dates.past_in_future),
    Edit("occurrence-in-future", "warning", DATES, dates.occurrence_in_future, INST),
    Edit("procedure-outside-stay", "warning", NUBC + ", FL 74; 42 CFR 412.2(c)(5)", dates.procedure_outside_stay, INST),
    Edit("event-after-service", "warning", DATES, dates.event_after_service),
    Edit("range-reversed", "error", DATES, dates.range_reversed),
    # other payers
    Edit("adjustment-group", "error", "X12 data element 1033", cob.adjustment_group),
    Edit("adjustment-reason", "error", CARC, cob.adjustment_reason),
    Edit("adjustment-reason-retired", "error", CARC + ", stop dates", cob.adjustment_reason_retired),
    Edit("remark-form", "error", "X12 remittance advice remark codes; form only", cob.remark_form),
    Edit("payer-order-repeated", "error", COB, cob.order_repeated),
    Edit("primary-missing", "error", COB, cob.primary_missing),
    Edit("primary-not-decided", "warning", COB, cob.not_decided_before),
    Edit("decision-date-missing", "error", COB, cob.decision_date_missing),
    Edit("decided-before-service", "warning", DATES, cob.decided_before_service),
    Edit("decision-of-unknown-payer", "error", COB, cob.decision_of_unknown_payer),
    Edit("cob-line-balance", "error", COB, cob.line_balance),
    Edit("cob-claim-balance", "error", COB, cob.claim_balance),
    Edit("cob-paid-missing", "error", COB, cob.paid_missing),
    Edit("cob-adjustments-missing", "warning", COB, cob.adjustments_missing),
    # the clock
    Edit("filing-limit-passed", "error", PAYER, filing.limit_passed),
    Edit("filing-limit-perhaps-passed", "warning", PAYER, filing.limit_perhaps_passed),
    Edit("filing-limit-excused", "warning", PAYER, filing.limit_passed_with_reason),
    Edit("filing-limit-near", "warning", PAYER, filing.limit_near),
)


def scrub(claim: Claim, *, rules: PayerRules, tables: Tables, icd: Icd, today: Day) -> tuple[Finding, ...]:
    """Every edit of the table over one claim, in the table's order.

    `rules` are those of the payer that the claim goes to; `today` is a day in the zone of the practice. Nothing is
    raised for a bad claim: what is wrong becomes a finding, and a claim without findings is fit to send.
    """
    scene = Scene(claim=claim, rules=rules, tables=tables, icd=icd, today=today)
    return tuple(
        Finding(
            edit=edit.name,
            severity=edit.severity,
            where=fault.where,
            reason=fault.reason,
            fix=fault.fix,
            source=edit.source,
        )
        for edit in EDITS
        if claim.type in edit.applies_to
        for fault in edit.check(scene)
    )
