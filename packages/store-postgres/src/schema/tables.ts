import type { QuotedSchema } from './schema-name.ts'

/**
 * The tables of format 1. `catalog` has one row, which every statement compares and only a copy of a catalog changes; `head` has one
 * row that every commit locks and changes. They are apart so that reads do not go through the versions of `head`.
 *
 * `entry`, `record` and `content` are text and not jsonb, which changes numbers and keys, and cannot hold U+0000: fields that this
 * version does not know stay as they were written. What is only compared is a digest (`…_key`), as an index
 * row has a limit that a source exceeds; `name_order` is the name in UTF-16, whose order JavaScript has.
 */
export function createTables(s: QuotedSchema): string {
  return `
CREATE TABLE ${s}.catalog (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  format integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE ${s}.migrations (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE ${s}.head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  position bigint NOT NULL,
  chain bytea NOT NULL,
  kept_after bigint NOT NULL,
  kept_chain bytea NOT NULL,
  pending bigint NOT NULL,
  active bigint NOT NULL,
  retired bigint NOT NULL,
  failed bigint NOT NULL,
  operations jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 10);
CREATE TABLE ${s}.entries (
  folded text COLLATE "C" PRIMARY KEY,
  id text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  entry text,
  state text COLLATE "C",
  name text,
  name_order bytea,
  digest text COLLATE "C",
  source_key bytea,
  file_key bytea,
  location_key bytea,
  architecture_key bytea,
  quantisation_key bytea,
  parameters double precision,
  size double precision,
  registered double precision,
  verified double precision,
  tags text[],
  search text COLLATE "C"
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX entries_by_id ON ${s}.entries (id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_state ON ${s}.entries (state, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_name ON ${s}.entries (name_order, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_registered ON ${s}.entries (registered, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_size ON ${s}.entries (size, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_verified ON ${s}.entries (verified, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_digest ON ${s}.entries (digest, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_source ON ${s}.entries (source_key, id) WHERE entry IS NOT NULL;
CREATE INDEX entries_by_file ON ${s}.entries (file_key, id) WHERE file_key IS NOT NULL;
CREATE INDEX entries_by_location ON ${s}.entries (location_key, id) WHERE location_key IS NOT NULL;
CREATE INDEX entries_by_tags ON ${s}.entries USING gin (tags) WHERE tags IS NOT NULL;
CREATE TABLE ${s}.history (
  position bigint PRIMARY KEY,
  writer uuid NOT NULL,
  call bigint NOT NULL,
  at double precision NOT NULL,
  recorded_at timestamptz NOT NULL,
  record text NOT NULL,
  outcome text NOT NULL,
  chain bytea NOT NULL
);
CREATE TABLE ${s}.changed (
  id text COLLATE "C",
  position bigint,
  PRIMARY KEY (id, position)
);
CREATE INDEX changed_by_position ON ${s}.changed (position);
CREATE TABLE ${s}.writers (
  writer uuid PRIMARY KEY,
  call bigint NOT NULL,
  answer text NOT NULL,
  seen_at timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE ${s}.settings (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  revision bigint NOT NULL,
  content text NOT NULL
);
CREATE TABLE ${s}.verifications (
  outcome text COLLATE "C",
  bucket integer,
  count bigint NOT NULL,
  bytes numeric NOT NULL,
  ms numeric NOT NULL,
  PRIMARY KEY (outcome, bucket)
) WITH (fillfactor = 50);
INSERT INTO ${s}.catalog (format) VALUES (1);
INSERT INTO ${s}.head VALUES (true, 0, sha256(''), 0, sha256(''), 0, 0, 0, 0);
`
}
