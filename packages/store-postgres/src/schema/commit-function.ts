/** Room `schema`: the tables and functions of a catalog, as versioned steps. */

import type { QuotedSchema } from './schema-name.ts'

/** What a change gives of an entry beside its text, as columns of `entries` and the types in which JSON gives them. */
const DERIVED: Readonly<Record<string, string>> = {
  state: 'text',
  name: 'text',
  name_order: 'hex',
  digest: 'text',
  source_key: 'hex',
  file_key: 'hex',
  location_key: 'hex',
  architecture_key: 'hex',
  quantisation_key: 'hex',
  parameters: 'double precision',
  size: 'double precision',
  registered: 'double precision',
  verified: 'double precision',
  tags: 'text[]',
  search: 'text',
}
const COLUMNS = Object.keys(DERIVED)
const GIVEN = Object.entries(DERIVED).map(([name, type]) => `${name} ${type === 'hex' ? 'text' : type}`)
const VALUES = Object.entries(DERIVED).map(([name, type]) =>
  type === 'hex' ? `decode(c.${name}, 'hex')` : `c.${name}`,
)
/** `n` is the place of the change in its commit. */
const CHANGE = `(n integer, id text, folded text, if_revision bigint, entry text, ${GIVEN.join(', ')})`

/**
 * The function that makes commits: one call, one transaction. It takes the row lock of `head` first, so that positions
 * are given in the order in which commits become visible, and no two calls wait for each other. Only then does it look,
 * so that under READ COMMITTED it sees what is there now; under a stricter level PostgreSQL makes the caller
 * repeat it.
 *
 * A call that was answered before is answered the same way, from `writers`: the caller may send it again if the
 * connection was lost. What arrives after a later call of its writer is refused.
 *
 * It runs with the rights of the owner of the schema: a writer needs no right to change a table, and cannot change the
 * history.
 */
export function createCommitFunction(s: QuotedSchema): string {
  return `
CREATE FUNCTION ${s}.commit_changes(
  expected uuid, expected_format integer, by_writer uuid, this_call bigint, lock_ms integer, commits json
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  top ${s}.head%ROWTYPE;
  seen ${s}.writers%ROWTYPE;
  wanted record;
  facts record;
  first_position bigint;
  new_revision bigint;
  revisions text;
  unchanged text;
  answers text[] := '{}';
  operation_names text[] := '{}';
  operation_counts bigint[] := '{}';
  operation_name text;
  result text;
BEGIN
  PERFORM set_config('lock_timeout', lock_ms::text, true);
  -- The caller is told of what is durable, whatever the default of the role or the database is.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT * INTO top FROM ${s}.head FOR UPDATE;
  IF NOT EXISTS (SELECT FROM ${s}.catalog WHERE id = expected AND format = expected_format) THEN
    RAISE EXCEPTION 'another catalog' USING ERRCODE = 'MC001';
  END IF;
  SELECT * INTO seen FROM ${s}.writers WHERE writer = by_writer;
  IF seen.call = this_call THEN RETURN seen.answer; END IF;
  IF seen.call > this_call THEN
    RAISE EXCEPTION 'call % came after call %', this_call, seen.call USING ERRCODE = 'MC002';
  END IF;
  first_position := top.position;

  FOR wanted IN SELECT * FROM json_to_recordset(commits) AS c(
    record text, at double precision, operation text, changes json, verification json, settings json
  ) LOOP
    unchanged := NULL;
    IF wanted.settings IS NOT NULL THEN
      SELECT coalesce(max(revision), 0) INTO new_revision FROM ${s}.settings;
      IF new_revision <> (wanted.settings ->> 'if')::bigint THEN
        answers := answers || json_build_object('settings', new_revision)::text;
        CONTINUE;
      END IF;
      INSERT INTO ${s}.settings AS o VALUES (true, new_revision + 1, wanted.settings ->> 'content')
        ON CONFLICT (single) DO UPDATE SET revision = excluded.revision, content = excluded.content;
      revisions := (new_revision + 1)::text;
    ELSIF json_array_length(wanted.changes) > 0 THEN
      SELECT
        json_agg(
          json_build_object('id', c.id, 'expected', c.if_revision, 'found', coalesce(e.revision, 0), 'as', coalesce(e.id, c.id))
          ORDER BY c.n
        ) FILTER (WHERE coalesce(e.revision, 0) <> c.if_revision OR e.id <> c.id) AS conflicts,
        count(*) FILTER (WHERE c.state = 'Pending') - count(*) FILTER (WHERE e.state = 'Pending') AS pending,
        count(*) FILTER (WHERE c.state = 'Active') - count(*) FILTER (WHERE e.state = 'Active') AS active,
        count(*) FILTER (WHERE c.state = 'Retired') - count(*) FILTER (WHERE e.state = 'Retired') AS retired,
        count(*) FILTER (WHERE c.state = 'Failed') - count(*) FILTER (WHERE e.state = 'Failed') AS failed
      INTO facts
      FROM json_to_recordset(wanted.changes) AS c(n integer, id text, folded text, if_revision bigint, state text)
      LEFT JOIN ${s}.entries AS e ON e.folded = c.folded AND e.entry IS NOT NULL;
      IF facts.conflicts IS NOT NULL THEN
        answers := answers || json_build_object('conflicts', facts.conflicts)::text;
        CONTINUE;
      END IF;
      WITH given AS (
        SELECT * FROM json_to_recordset(wanted.changes) AS c${CHANGE}
      ), written AS (
        INSERT INTO ${s}.entries AS e (folded, id, revision, entry, ${COLUMNS.join(', ')})
        SELECT c.folded, c.id, 1, c.entry, ${VALUES.join(', ')} FROM given AS c
        ON CONFLICT (folded) DO UPDATE SET id = excluded.id, revision = e.revision + 1, entry = excluded.entry,
          ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}
        RETURNING e.folded, e.id, e.revision
      ), listed AS (
        INSERT INTO ${s}.changed SELECT id, top.position + 1 FROM written
      )
      SELECT string_agg(written.revision::text, ',' ORDER BY given.n) INTO revisions
        FROM written JOIN given USING (folded);
      top.pending := top.pending + facts.pending;
      top.active := top.active + facts.active;
      top.retired := top.retired + facts.retired;
      top.failed := top.failed + facts.failed;
    ELSE
      SELECT e.revision::text, e.entry INTO revisions, unchanged FROM ${s}.entries AS e
        WHERE e.folded = wanted.verification ->> 'folded' AND e.id = wanted.verification ->> 'id' AND e.entry IS NOT NULL;
      IF NOT FOUND THEN
        answers := answers || '{"conflicts":[]}'::text;
        CONTINUE;
      END IF;
      INSERT INTO ${s}.changed VALUES (wanted.verification ->> 'id', top.position + 1);
    END IF;

    top.position := top.position + 1;
    result := concat_ws(E'\\n', revisions, unchanged);
    top.chain := sha256(top.chain || convert_to(wanted.record || E'\\n' || result, 'UTF8'));
    INSERT INTO ${s}.history VALUES (
      top.position, by_writer, this_call, wanted.at, clock_timestamp(), wanted.record, result, top.chain
    );
    answers := answers || json_build_object('revisions', revisions, 'unchanged', unchanged)::text;
    IF wanted.settings IS NULL THEN
      operation_names := operation_names || wanted.operation;
      operation_counts := operation_counts || greatest(json_array_length(wanted.changes), 1)::bigint;
    END IF;
    IF wanted.verification IS NOT NULL THEN
      INSERT INTO ${s}.verifications AS v VALUES (
        wanted.verification ->> 'outcome', (wanted.verification ->> 'bucket')::integer, 1,
        (wanted.verification ->> 'bytes')::numeric, (wanted.verification ->> 'ms')::numeric
      ) ON CONFLICT (outcome, bucket) DO UPDATE SET
        count = v.count + 1, bytes = v.bytes + excluded.bytes, ms = v.ms + excluded.ms;
    END IF;
  END LOOP;

  result := '[' || array_to_string(answers, ',') || ']';
  -- A call without effect may be repeated as it is, and leaves nothing.
  IF top.position = first_position THEN RETURN result; END IF;
  FOR facts IN
    SELECT name, sum(count)::bigint AS count FROM unnest(operation_names, operation_counts) WITH ORDINALITY AS o(name, count, n)
    GROUP BY name ORDER BY min(n)
  LOOP
    operation_name := facts.name;
    -- The names of operations are bounded, as a store takes any.
    IF NOT EXISTS (SELECT FROM ${s}.operations WHERE name = operation_name)
      AND (SELECT count(*) FROM ${s}.operations) >= 100 THEN
      operation_name := 'other';
    END IF;
    INSERT INTO ${s}.operations AS o VALUES (operation_name, facts.count)
      ON CONFLICT (name) DO UPDATE SET count = o.count + excluded.count;
  END LOOP;
  UPDATE ${s}.head SET position = top.position, chain = top.chain,
    pending = top.pending, active = top.active, retired = top.retired, failed = top.failed;
  IF seen.writer IS NULL THEN
    -- No call is sent again after a day.
    DELETE FROM ${s}.writers WHERE seen_at < clock_timestamp() - interval '1 day';
  END IF;
  INSERT INTO ${s}.writers AS w VALUES (by_writer, this_call, result, clock_timestamp())
    ON CONFLICT (writer) DO UPDATE SET call = excluded.call, answer = excluded.answer, seen_at = excluded.seen_at;
  PERFORM pg_notify('catalog_' || expected, top.position::text);
  RETURN result;
END
$function$;
REVOKE ALL ON FUNCTION ${s}.commit_changes FROM PUBLIC;
`
}
