CREATE TABLE accounts (
    practice text NOT NULL,
    account text NOT NULL,
    standing text NOT NULL,
    balance_cents bigint NOT NULL,
    credit_cents bigint NOT NULL,
    needs_action boolean NOT NULL,
    next_at timestamp with time zone,
    changed_at timestamp with time zone NOT NULL,
    sequence integer NOT NULL,
    view text NOT NULL
);
CREATE TABLE archives (
    practice text NOT NULL,
    claim_id text NOT NULL,
    sequence integer NOT NULL,
    archived_at timestamp with time zone NOT NULL,
    state bytea NOT NULL
);
CREATE TABLE audit (
    sequence bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    detail text NOT NULL,
    previous text NOT NULL,
    hash text NOT NULL,
    key_id text NOT NULL,
    seal text NOT NULL
);
CREATE TABLE claim_numbers (
    kind text NOT NULL,
    value text NOT NULL,
    practice text NOT NULL,
    claim_id text NOT NULL
);
CREATE TABLE claims (
    practice text NOT NULL,
    claim_id text NOT NULL,
    patient_control_number text NOT NULL,
    fingerprint text,
    registered_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    sequence integer NOT NULL,
    stage text NOT NULL,
    status text NOT NULL,
    payer text NOT NULL,
    payer_id text NOT NULL,
    owner text NOT NULL,
    needs_action boolean NOT NULL,
    next_deadline timestamp with time zone,
    service_from text,
    charge_cents bigint NOT NULL,
    paid_cents bigint NOT NULL,
    contractual_cents bigint NOT NULL,
    written_off_cents bigint NOT NULL,
    patient_cents bigint NOT NULL,
    next_payer_cents bigint NOT NULL,
    open_cents bigint NOT NULL,
    view text NOT NULL,
    index_entry bytea NOT NULL
);
CREATE TABLE control_numbers (
    key text NOT NULL,
    interchange bigint NOT NULL,
    "group" bigint NOT NULL,
    set text NOT NULL
);
CREATE TABLE cursors (
    carrier text NOT NULL,
    moved_to timestamp with time zone NOT NULL
);
CREATE TABLE deadlines (
    practice text NOT NULL,
    claim_id text NOT NULL,
    deadline_id text NOT NULL,
    kind text NOT NULL,
    due timestamp with time zone NOT NULL,
    rule text NOT NULL,
    source text NOT NULL,
    subject text NOT NULL
);
CREATE TABLE deposits (
    id text NOT NULL,
    trace_number text NOT NULL,
    plain_trace text NOT NULL,
    amount_cents bigint NOT NULL,
    payer text NOT NULL,
    "on" date NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    paired_with text NOT NULL
);
CREATE TABLE documents (
    sha256 text NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    raw bytea NOT NULL,
    size bigint NOT NULL,
    stored_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    delivered integer NOT NULL,
    problems text NOT NULL
);
CREATE TABLE items (
    carrier text NOT NULL,
    item_id text NOT NULL,
    sha256 text NOT NULL
);
CREATE TABLE journal (
    practice text NOT NULL,
    claim_id text NOT NULL,
    sequence integer NOT NULL,
    at timestamp with time zone NOT NULL,
    event text NOT NULL,
    event_id text NOT NULL,
    actor text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    path text NOT NULL,
    effects text NOT NULL,
    refused text NOT NULL,
    summary text NOT NULL
);
CREATE TABLE legal_holds (
    practice text NOT NULL,
    claim_id text NOT NULL,
    placed_by text NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    reason text NOT NULL
);
CREATE TABLE provider_entries (
    remittance text NOT NULL,
    "position" integer NOT NULL,
    provider text NOT NULL,
    code text NOT NULL,
    label text NOT NULL,
    reference text NOT NULL,
    amount_cents bigint NOT NULL,
    needs_person boolean NOT NULL,
    practice text NOT NULL,
    claim_id text NOT NULL,
    done_by text NOT NULL,
    done_at timestamp with time zone,
    done_why text NOT NULL
);
CREATE TABLE remittances (
    key text NOT NULL,
    document text NOT NULL,
    segment integer NOT NULL,
    trace_number text NOT NULL,
    plain_trace text NOT NULL,
    payer text NOT NULL,
    payer_id text NOT NULL,
    originator text NOT NULL,
    payee text NOT NULL,
    payee_id text NOT NULL,
    method text NOT NULL,
    paid_on date,
    claims integer NOT NULL,
    payment_cents bigint NOT NULL,
    posted_cents bigint NOT NULL,
    held_cents bigint NOT NULL,
    unmatched_cents bigint NOT NULL,
    provider_cents bigint NOT NULL,
    held text NOT NULL,
    at timestamp with time zone NOT NULL,
    superseded_by text NOT NULL,
    paired_with text NOT NULL
);
CREATE TABLE schema_version (
    version integer NOT NULL
);
CREATE SEQUENCE schema_version_version_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE schema_version_version_seq OWNED BY schema_version.version;
CREATE TABLE sequences (
    name text NOT NULL,
    value bigint NOT NULL
);
CREATE TABLE submissions (
    practice text NOT NULL,
    claim_id text NOT NULL,
    submission integer NOT NULL,
    patient_control_number text NOT NULL,
    interchange bigint NOT NULL,
    "group" bigint NOT NULL,
    set text NOT NULL,
    document text NOT NULL,
    claim bytea NOT NULL
);
CREATE TABLE tasks (
    practice text NOT NULL,
    claim_id text NOT NULL,
    task_id text NOT NULL,
    type text NOT NULL,
    category text NOT NULL,
    owner text NOT NULL,
    assignee text NOT NULL,
    due timestamp with time zone NOT NULL,
    pended_until timestamp with time zone,
    blocks_submission boolean NOT NULL,
    reason text NOT NULL
);
CREATE TABLE unmatched (
    document text NOT NULL,
    ordinal integer NOT NULL,
    "position" integer NOT NULL,
    set text NOT NULL,
    reference text NOT NULL,
    payer text NOT NULL,
    amount_cents bigint,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    part integer NOT NULL,
    remittance text NOT NULL,
    resolution text NOT NULL,
    matched_to text NOT NULL,
    resolved_by text NOT NULL,
    resolved_at timestamp with time zone,
    resolved_why text NOT NULL,
    matches integer NOT NULL
);
ALTER TABLE ONLY schema_version ALTER COLUMN version SET DEFAULT nextval('schema_version_version_seq'::regclass);
INSERT INTO claim_numbers VALUES ('envelope', '1', 'p1', 'c1');
INSERT INTO claim_numbers VALUES ('patient', 'PCN-C1', 'p1', 'c1');
INSERT INTO claim_numbers VALUES ('envelope', '2', 'p1', 'c2');
INSERT INTO claim_numbers VALUES ('patient', 'PCN-C2', 'p1', 'c2');
INSERT INTO claims VALUES ('p1', 'c1', 'PCN-c1', 'f1', '2026-03-02 14:00:00+00', '2026-03-02 16:00:00+00', 2, 'submitted', 'submitted', 'Aetna', '60054', 'biller', true, NULL, '2026-02-27', 12000, 7000, 2000, 100, 900, 0, 2000, '{"practice":"p1","claim_id":"c1","patient_control_number":"PCN-c1","payer":"Aetna","payer_id":"60054","stage":"submitted","status":"submitted","since":"2026-03-02T16:00:00Z","charge_cents":12000,"paid_cents":7000,"contractual_cents":2000,"written_off_cents":100,"patient_cents":900,"next_payer_cents":0,"open_cents":2000,"service_from":"2026-02-27","registered_at":"2026-03-02T14:00:00Z","changed_at":"2026-03-02T16:00:00Z","submissions":0,"next_deadline":null,"filing_deadline":null,"appeal_deadline":null,"needs_action":true,"owner":"biller","waits_for":"","tasks":[{"id":"t1","type":"follow_up","category":"","owner":"biller","due":"2026-03-05T16:00:00Z","reason":"no answer after 277CA","assignee":"","blocks_submission":false,"pended_until":null}],"deadlines":[{"id":"d1","kind":"follow_up","due":"2026-03-02T16:00:00Z","rule":"10 business days","source":"payer manual","subject":""}],"holds":[]}', '\x7b227072616374696365223a227031222c22636c61696d5f6964223a226331222c2270617469656e745f636f6e74726f6c5f6e756d626572223a2250434e2d6331222c2270617965725f696473223a5b5d2c2270617965725f636c61696d5f636f6e74726f6c5f6e756d62657273223a5b5d2c227375626d697373696f6e73223a5b5d2c22747261636573223a5b5d2c226d656d6265725f696473223a5b5d2c22736572766963655f66726f6d223a6e756c6c2c22736572766963655f746f223a6e756c6c2c226368617267655f63656e7473223a302c226c696e655f636f6e74726f6c5f6e756d62657273223a5b5d2c226c696e6573223a5b5d7d');
INSERT INTO claims VALUES ('p1', 'c2', 'PCN-c2', 'f2', '2026-03-02 14:00:00+00', '2026-03-02 16:00:00+00', 2, 'submitted', 'submitted', 'Aetna', '60054', 'biller', true, NULL, '2026-02-27', 12000, 7000, 2000, 100, 900, 0, 2000, '{"practice":"p1","claim_id":"c2","patient_control_number":"PCN-c2","payer":"Aetna","payer_id":"60054","stage":"submitted","status":"submitted","since":"2026-03-02T16:00:00Z","charge_cents":12000,"paid_cents":7000,"contractual_cents":2000,"written_off_cents":100,"patient_cents":900,"next_payer_cents":0,"open_cents":2000,"service_from":"2026-02-27","registered_at":"2026-03-02T14:00:00Z","changed_at":"2026-03-02T16:00:00Z","submissions":0,"next_deadline":null,"filing_deadline":null,"appeal_deadline":null,"needs_action":true,"owner":"biller","waits_for":"","tasks":[{"id":"t1","type":"follow_up","category":"","owner":"biller","due":"2026-03-05T16:00:00Z","reason":"no answer after 277CA","assignee":"","blocks_submission":false,"pended_until":null}],"deadlines":[{"id":"d1","kind":"follow_up","due":"2026-03-02T16:00:00Z","rule":"10 business days","source":"payer manual","subject":""}],"holds":[]}', '\x7b227072616374696365223a227031222c22636c61696d5f6964223a226332222c2270617469656e745f636f6e74726f6c5f6e756d626572223a2250434e2d6332222c2270617965725f696473223a5b5d2c2270617965725f636c61696d5f636f6e74726f6c5f6e756d62657273223a5b5d2c227375626d697373696f6e73223a5b5d2c22747261636573223a5b5d2c226d656d6265725f696473223a5b5d2c22736572766963655f66726f6d223a6e756c6c2c22736572766963655f746f223a6e756c6c2c226368617267655f63656e7473223a302c226c696e655f636f6e74726f6c5f6e756d62657273223a5b5d2c226c696e6573223a5b5d7d');
INSERT INTO control_numbers VALUES ('p1/c1/1', 1, 1, '000000001');
INSERT INTO control_numbers VALUES ('p1/c2/1', 2, 2, '000000002');
INSERT INTO cursors VALUES ('sandbox', '2026-03-02 14:00:00+00');
INSERT INTO deadlines VALUES ('p1', 'c1', 'd1', 'follow_up', '2026-03-02 16:00:00+00', '10 business days', 'payer manual', '');
INSERT INTO deadlines VALUES ('p1', 'c2', 'd1', 'follow_up', '2026-03-02 16:00:00+00', '10 business days', 'payer manual', '');
INSERT INTO deposits VALUES ('478014ad896923fe', '12345', '12345', 12125, 'PAYER1', '2026-03-03', '2026-03-02 14:00:00+00', 'desk', 'k1');
INSERT INTO documents VALUES ('bc9fa1b901cbcc54dfb591553b9126e91fe37d3dfc655d91a32391e124c76121', '277CA', 'sandbox', '\x4953412a30302a616e6f746865727e', 15, '2026-03-02 14:00:00+00', NULL, 0, '[]');
INSERT INTO documents VALUES ('ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32', '835', 'sandbox', '\x4953412a30302a6d61646520757020666f722074657374737e', 25, '2026-03-02 14:00:00+00', '2026-03-03 14:00:00+00', 1, '[]');
INSERT INTO items VALUES ('sandbox', 'i1', 'ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32');
INSERT INTO journal VALUES ('p1', 'c1', 1, '2026-03-02 15:00:00+00', 'note_added', 'e1', '', 'submitted', 'submitted', '[]', '["inquire_status"]', '', '');
INSERT INTO journal VALUES ('p1', 'c1', 2, '2026-03-02 16:00:00+00', 'note_added', 'e2', '', 'submitted', 'submitted', '[]', '["inquire_status"]', '', '');
INSERT INTO journal VALUES ('p1', 'c2', 1, '2026-03-02 15:00:00+00', 'note_added', 'e1', '', 'submitted', 'submitted', '[]', '["inquire_status"]', '', '');
INSERT INTO journal VALUES ('p1', 'c2', 2, '2026-03-02 16:00:00+00', 'note_added', 'e2', '', 'submitted', 'submitted', '[]', '["inquire_status"]', '', '');
INSERT INTO provider_entries VALUES ('k1', 2, '', 'L6', 'interest owed', '', -125, false, '', '', '', NULL, '');
INSERT INTO provider_entries VALUES ('k1', 1, '', 'WO', 'overpayment recovered', '', 4000, true, '', '', 'biller.kim', '2026-03-03 14:00:00+00', 'paid by cheque 77');
INSERT INTO remittances VALUES ('k1', 'ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32', 3, '0012345', '12345', 'ACME', 'PAYER1', '1512345678', '', '1999999984', 'ACH', '2026-03-02', 3, 12125, 9000, 2000, 5000, -3875, '', '2026-03-03 14:00:00+00', '', '478014ad896923fe');
INSERT INTO schema_version VALUES (4);
INSERT INTO sequences VALUES ('interchange', 2);
INSERT INTO submissions VALUES ('p1', 'c1', 1, 'PCN-c1', 1, 1, '000000001', 'ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32', '\x7b2274797065223a2270726f66657373696f6e616c222c2270617469656e745f636f6e74726f6c5f6e756d626572223a2250434e2d6331222c226368617267655f63656e7473223a31323030302c22666163696c6974795f636f6465223a22222c22666163696c6974795f7175616c6966696572223a22222c226672657175656e6379223a2231222c22696e64696361746f7273223a5b5d2c2262696c6c696e67223a7b22726f6c65223a2262696c6c696e67222c226e616d65223a7b226f7267616e697a6174696f6e223a747275652c226c617374223a225072616374696365222c226669727374223a22222c226d6964646c65223a22222c22737566666978223a22227d2c2269645f7175616c6966696572223a22222c226964656e746966696572223a2231393939393939393834222c227461786f6e6f6d79223a22222c227461785f6964223a22222c227461785f69645f7175616c6966696572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c227061795f746f223a6e756c6c2c227061795f746f5f706c616e223a6e756c6c2c2270617469656e74223a7b226e616d65223a7b226f7267616e697a6174696f6e223a66616c73652c226c617374223a22446f65222c226669727374223a224a616e65222c226d6964646c65223a22222c22737566666978223a22227d2c2262697274685f64617465223a22313938302d30312d3032222c2267656e646572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c2270617469656e745f72656c6174696f6e73686970223a22222c22636f76657261676573223a5b7b226f72646572223a227072696d617279222c227061796572223a7b226e616d65223a224165746e61222c2269645f7175616c6966696572223a225049222c2270617965725f6964223a223630303534222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c2273756273637269626572223a7b226e616d65223a7b226f7267616e697a6174696f6e223a66616c73652c226c617374223a22446f65222c226669727374223a224a616e65222c226d6964646c65223a22222c22737566666978223a22227d2c2262697274685f64617465223a22313938302d30312d3032222c2267656e646572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c226d656d6265725f6964223a224d454d203132332d3431222c226d656d6265725f69645f7175616c6966696572223a224d49222c2272656c6174696f6e73686970223a223138222c2267726f75705f6e756d626572223a22222c2267726f75705f6e616d65223a22222c22696e737572616e63655f74797065223a22222c2266696c696e675f696e64696361746f72223a22222c227072696f72223a6e756c6c2c2263617272696564223a5b5d7d5d2c22636f646573223a5b5d2c2273746174656d656e745f66726f6d223a6e756c6c2c2273746174656d656e745f746f223a6e756c6c2c2261646d697373696f6e223a6e756c6c2c227265666572656e636573223a5b5d2c2270726f766964657273223a5b5d2c226c696e6573223a5b7b226e756d626572223a312c22636f6e74726f6c5f6e756d626572223a22222c22726576656e75655f636f6465223a22222c2270726f6365647572655f7175616c6966696572223a224843222c2270726f636564757265223a223939323133222c226d6f64696669657273223a5b5d2c226465736372697074696f6e223a22222c226368617267655f63656e7473223a31323030302c22756e6974223a22554e222c227175616e74697479223a2231222c22706c6163655f6f665f73657276696365223a22222c22706f696e74657273223a5b5d2c226e6f6e5f636f76657265645f63656e7473223a6e756c6c2c22736572766963655f66726f6d223a22323032362d30322d3237222c22736572766963655f746f223a6e756c6c2c22696e64696361746f7273223a5b5d2c2270726f766964657273223a5b5d2c226465636973696f6e73223a5b5d2c2263617272696564223a5b5d7d5d2c2263617272696564223a5b5d7d');
INSERT INTO submissions VALUES ('p1', 'c2', 1, 'PCN-c2', 2, 2, '000000002', 'ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32', '\x7b2274797065223a2270726f66657373696f6e616c222c2270617469656e745f636f6e74726f6c5f6e756d626572223a2250434e2d6332222c226368617267655f63656e7473223a31323030302c22666163696c6974795f636f6465223a22222c22666163696c6974795f7175616c6966696572223a22222c226672657175656e6379223a2231222c22696e64696361746f7273223a5b5d2c2262696c6c696e67223a7b22726f6c65223a2262696c6c696e67222c226e616d65223a7b226f7267616e697a6174696f6e223a747275652c226c617374223a225072616374696365222c226669727374223a22222c226d6964646c65223a22222c22737566666978223a22227d2c2269645f7175616c6966696572223a22222c226964656e746966696572223a2231393939393939393834222c227461786f6e6f6d79223a22222c227461785f6964223a22222c227461785f69645f7175616c6966696572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c227061795f746f223a6e756c6c2c227061795f746f5f706c616e223a6e756c6c2c2270617469656e74223a7b226e616d65223a7b226f7267616e697a6174696f6e223a66616c73652c226c617374223a22446f65222c226669727374223a224a616e65222c226d6964646c65223a22222c22737566666978223a22227d2c2262697274685f64617465223a22313938302d30312d3032222c2267656e646572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c2270617469656e745f72656c6174696f6e73686970223a22222c22636f76657261676573223a5b7b226f72646572223a227072696d617279222c227061796572223a7b226e616d65223a224165746e61222c2269645f7175616c6966696572223a225049222c2270617965725f6964223a223630303534222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c2273756273637269626572223a7b226e616d65223a7b226f7267616e697a6174696f6e223a66616c73652c226c617374223a22446f65222c226669727374223a224a616e65222c226d6964646c65223a22222c22737566666978223a22227d2c2262697274685f64617465223a22313938302d30312d3032222c2267656e646572223a22222c2261646472657373223a6e756c6c2c2263617272696564223a5b5d7d2c226d656d6265725f6964223a224d454d203132332d3432222c226d656d6265725f69645f7175616c6966696572223a224d49222c2272656c6174696f6e73686970223a223138222c2267726f75705f6e756d626572223a22222c2267726f75705f6e616d65223a22222c22696e737572616e63655f74797065223a22222c2266696c696e675f696e64696361746f72223a22222c227072696f72223a6e756c6c2c2263617272696564223a5b5d7d5d2c22636f646573223a5b5d2c2273746174656d656e745f66726f6d223a6e756c6c2c2273746174656d656e745f746f223a6e756c6c2c2261646d697373696f6e223a6e756c6c2c227265666572656e636573223a5b5d2c2270726f766964657273223a5b5d2c226c696e6573223a5b7b226e756d626572223a312c22636f6e74726f6c5f6e756d626572223a22222c22726576656e75655f636f6465223a22222c2270726f6365647572655f7175616c6966696572223a224843222c2270726f636564757265223a223939323133222c226d6f64696669657273223a5b5d2c226465736372697074696f6e223a22222c226368617267655f63656e7473223a31323030302c22756e6974223a22554e222c227175616e74697479223a2231222c22706c6163655f6f665f73657276696365223a22222c22706f696e74657273223a5b5d2c226e6f6e5f636f76657265645f63656e7473223a6e756c6c2c22736572766963655f66726f6d223a22323032362d30322d3237222c22736572766963655f746f223a6e756c6c2c22696e64696361746f7273223a5b5d2c2270726f766964657273223a5b5d2c226465636973696f6e73223a5b5d2c2263617272696564223a5b5d7d5d2c2263617272696564223a5b5d7d');
INSERT INTO tasks VALUES ('p1', 'c1', 't1', 'follow_up', '', 'biller', '', '2026-03-05 16:00:00+00', NULL, false, 'no answer after 277CA');
INSERT INTO tasks VALUES ('p1', 'c2', 't1', 'follow_up', '', 'biller', '', '2026-03-05 16:00:00+00', NULL, false, 'no answer after 277CA');
INSERT INTO unmatched VALUES ('ef45023853cd358dcf501b9297943e3f5016549a5fa10419b698bd45ed13fa32', 0, 12, '835', 'NOBODY', 'Aetna', 4200, 'no claim has this number', '2026-03-02 14:00:00+00', 0, '', '', '', '', NULL, '', 0);
ALTER TABLE ONLY accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (practice, account);
ALTER TABLE ONLY archives
    ADD CONSTRAINT archives_pkey PRIMARY KEY (practice, claim_id);
ALTER TABLE ONLY audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (sequence);
ALTER TABLE ONLY claim_numbers
    ADD CONSTRAINT claim_numbers_pkey PRIMARY KEY (kind, value, practice, claim_id);
ALTER TABLE ONLY claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (practice, claim_id);
ALTER TABLE ONLY control_numbers
    ADD CONSTRAINT control_numbers_interchange_key UNIQUE (interchange);
ALTER TABLE ONLY control_numbers
    ADD CONSTRAINT control_numbers_pkey PRIMARY KEY (key);
ALTER TABLE ONLY cursors
    ADD CONSTRAINT cursors_pkey PRIMARY KEY (carrier);
ALTER TABLE ONLY deadlines
    ADD CONSTRAINT deadlines_pkey PRIMARY KEY (practice, claim_id, deadline_id);
ALTER TABLE ONLY deposits
    ADD CONSTRAINT deposits_pkey PRIMARY KEY (id);
ALTER TABLE ONLY documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY items
    ADD CONSTRAINT items_pkey PRIMARY KEY (carrier, item_id);
ALTER TABLE ONLY journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (practice, claim_id, sequence);
ALTER TABLE ONLY legal_holds
    ADD CONSTRAINT legal_holds_pkey PRIMARY KEY (practice, claim_id);
ALTER TABLE ONLY provider_entries
    ADD CONSTRAINT provider_entries_pkey PRIMARY KEY (remittance, "position");
ALTER TABLE ONLY remittances
    ADD CONSTRAINT remittances_pkey PRIMARY KEY (key);
ALTER TABLE ONLY schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY sequences
    ADD CONSTRAINT sequences_pkey PRIMARY KEY (name);
ALTER TABLE ONLY submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (practice, claim_id, submission);
ALTER TABLE ONLY tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (practice, claim_id, task_id);
ALTER TABLE ONLY unmatched
    ADD CONSTRAINT unmatched_pkey PRIMARY KEY (document, ordinal);
CREATE INDEX accounts_balance ON accounts USING btree (balance_cents);
CREATE INDEX audit_subject ON audit USING btree (subject);
CREATE INDEX claim_numbers_claim ON claim_numbers USING btree (practice, claim_id);
CREATE INDEX claims_claim_id ON claims USING btree (claim_id);
CREATE INDEX claims_patient_control_number ON claims USING btree (patient_control_number);
CREATE INDEX claims_registered ON claims USING btree (registered_at, practice, claim_id);
CREATE INDEX deadlines_due ON deadlines USING btree (due);
CREATE INDEX deposits_plain_trace ON deposits USING btree (plain_trace);
CREATE INDEX documents_stored_at ON documents USING btree (stored_at);
CREATE INDEX remittances_at ON remittances USING btree (at);
CREATE INDEX remittances_plain_trace ON remittances USING btree (plain_trace);
CREATE INDEX tasks_due ON tasks USING btree (due);
CREATE INDEX unmatched_at ON unmatched USING btree (at);
ALTER TABLE ONLY provider_entries
    ADD CONSTRAINT provider_entries_remittance_fkey FOREIGN KEY (remittance) REFERENCES remittances(key);
ALTER TABLE ONLY remittances
    ADD CONSTRAINT remittances_document_fkey FOREIGN KEY (document) REFERENCES documents(sha256);
ALTER TABLE ONLY unmatched
    ADD CONSTRAINT unmatched_document_fkey FOREIGN KEY (document) REFERENCES documents(sha256);
