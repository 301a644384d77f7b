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
export const COLUMNS: readonly string[] = Object.keys(DERIVED)
export const GIVEN: readonly string[] = Object.entries(DERIVED).map(
  ([name, type]) => `${name} ${type === 'hex' ? 'text' : type}`,
)
export const VALUES: readonly string[] = Object.entries(DERIVED).map(([name, type]) =>
  type === 'hex' ? `decode(c.${name}, 'hex')` : `c.${name}`,
)
/** `k` is the place of the commit in its wave, `n` that of the change in its commit. */
const CHANGE = `(k integer, n integer, id text, folded text, entry text, ${GIVEN.join(', ')})`

/**
 * The function that makes commits: one call, one transaction. It takes the row lock of `head` first, so that positions
 * are given in the order in which commits become visible, and no two calls wait for each other. Only then does it look,
 * so that under READ COMMITTED it sees what is there now; under a stricter level PostgreSQL makes the caller
 * repeat it.
 *
 * A call that was answered before is answered the same way, from `writers`: the caller may send it again if the
 * connection was lost. What arrives after a later call of its writer is refused.
 *
 * Commits that change different models are checked and written together, as a wave. A statement costs more than what it does
 * for one row: 64 commits in one wave take a third of the time that they take one by one.
 *
 * A backend keeps the plans of its first calls, when the tables may have been empty: `enable_seqscan = off` has it use the
 * indexes from the beginning. With `jit` such a plan would be compiled, which takes 50 ms; and each call would be planned anew,
 * as the planner does not know that one is like the other.
 *
 * It runs with the rights of the owner of the schema: a writer needs no right to change a table, and cannot change the
 * history.
 */
export function createCommitFunction(s: QuotedSchema): string {
  return `
CREATE FUNCTION ${s}.commit_changes(
  expected uuid, expected_format integer, by_writer uuid, this_call bigint, lock_ms integer, waves json
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET jit = off SET plan_cache_mode = force_generic_plan AS $function$
DECLARE
  top ${s}.head%ROWTYPE;
  seen record;
  wave record;
  facts record;
  made record;
  refused integer[];
  conflicts text[];
  first_position bigint;
  answers text[] := '{}';
  positions bigint[] := '{}';
  times double precision[] := '{}';
  records text[] := '{}';
  outcomes text[] := '{}';
  chains bytea[] := '{}';
  operation_names text[] := '{}';
  operation_counts bigint[] := '{}';
  place integer;
  result text;
BEGIN
  result := set_config('lock_timeout', lock_ms::text, true);
  -- The caller is told of what is durable, whatever the default of the role or the database is.
  IF current_setting('synchronous_commit') = 'off' THEN
    result := set_config('synchronous_commit', 'on', true);
  END IF;
  SELECT * INTO top FROM ${s}.head FOR UPDATE;
  -- Not in the same statement: that would look before it waits for the lock.
  SELECT EXISTS (SELECT FROM ${s}.catalog WHERE id = expected AND format = expected_format) AS is_same, w.call, w.answer
    INTO seen FROM (VALUES (1)) AS one LEFT JOIN ${s}.writers AS w ON w.writer = by_writer;
  IF NOT seen.is_same THEN
    RAISE EXCEPTION 'another catalog' USING ERRCODE = 'MC001';
  END IF;
  IF seen.call = this_call THEN RETURN seen.answer; END IF;
  IF seen.call > this_call THEN
    RAISE EXCEPTION 'call % came after call %', this_call, seen.call USING ERRCODE = 'MC002';
  END IF;
  first_position := top.position;

  FOR wave IN SELECT * FROM json_to_recordset(waves) AS w(commits json, keys json, changes json, settings json) LOOP
    refused := '{}';
    IF wave.settings IS NOT NULL THEN
      SELECT coalesce(max(revision), 0) AS revision INTO facts FROM ${s}.settings;
      IF facts.revision <> (wave.settings ->> 'if')::bigint THEN
        answers := array_append(answers, json_build_object('settings', facts.revision)::text);
        CONTINUE;
      END IF;
      INSERT INTO ${s}.settings AS o VALUES (true, facts.revision + 1, wave.settings ->> 'content')
        ON CONFLICT (single) DO UPDATE SET revision = excluded.revision, content = excluded.content;
    ELSIF wave.keys IS NOT NULL THEN
      FOR attempt IN 1..2 LOOP
        SELECT
          count(*) FILTER (WHERE coalesce(e.revision, 0) <> c.if_revision OR e.id <> c.id) > 0 AS is_refused,
          count(*) FILTER (WHERE c.state = 'Pending') - count(*) FILTER (WHERE e.state = 'Pending') AS pending,
          count(*) FILTER (WHERE c.state = 'Active') - count(*) FILTER (WHERE e.state = 'Active') AS active,
          count(*) FILTER (WHERE c.state = 'Retired') - count(*) FILTER (WHERE e.state = 'Retired') AS retired,
          count(*) FILTER (WHERE c.state = 'Failed') - count(*) FILTER (WHERE e.state = 'Failed') AS failed
        INTO facts
        FROM json_to_recordset(wave.keys) AS c(k integer, id text, folded text, if_revision bigint, state text)
        LEFT JOIN LATERAL (
          SELECT o.id, o.revision, o.state FROM ${s}.entries AS o WHERE o.folded = c.folded AND o.entry IS NOT NULL LIMIT 1
        ) AS e ON true WHERE c.k <> ALL (refused);
        EXIT WHEN NOT facts.is_refused;
        SELECT array_agg(each.k), array_agg(each.told) INTO refused, conflicts FROM (
          SELECT c.k, json_agg(
            json_build_object('id', c.id, 'expected', c.if_revision, 'found', coalesce(e.revision, 0), 'as', coalesce(e.id, c.id))
            ORDER BY c.n
          )::text AS told
          FROM json_to_recordset(wave.keys) AS c(k integer, n integer, id text, folded text, if_revision bigint)
          LEFT JOIN LATERAL (
            SELECT o.id, o.revision FROM ${s}.entries AS o WHERE o.folded = c.folded AND o.entry IS NOT NULL LIMIT 1
          ) AS e ON true
          WHERE coalesce(e.revision, 0) <> c.if_revision OR e.id <> c.id GROUP BY c.k
        ) AS each;
      END LOOP;
      top.pending := top.pending + facts.pending;
      top.active := top.active + facts.active;
      top.retired := top.retired + facts.retired;
      top.failed := top.failed + facts.failed;
    END IF;

    FOR made IN
      WITH given AS (
        SELECT * FROM json_to_recordset(wave.changes) AS c${CHANGE} WHERE c.k <> ALL (refused)
      ), written AS (
        INSERT INTO ${s}.entries AS e (folded, id, revision, entry, ${COLUMNS.join(', ')})
        SELECT c.folded, c.id, 1, c.entry, ${VALUES.join(', ')} FROM given AS c
        ON CONFLICT (folded) DO UPDATE SET id = excluded.id, revision = e.revision + 1, entry = excluded.entry,
          ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}
        RETURNING e.folded, e.revision
      ), listed AS (
        INSERT INTO ${s}.changed
        SELECT id, top.position + k - (SELECT count(*) FROM unnest(refused) AS r(k) WHERE r.k < given.k) FROM given
      ), applied AS (
        SELECT k, string_agg(written.revision::text, ',' ORDER BY given.n) AS revisions
        FROM written JOIN given USING (folded) GROUP BY k
      )
      SELECT c.k, c.record, c.at, c.operation, c.count, c.verification, applied.revisions
      FROM json_to_recordset(wave.commits) AS c(
        k integer, record text, at double precision, operation text, count integer, verification json
      ) LEFT JOIN applied USING (k) ORDER BY c.k
    LOOP
      place := array_position(refused, made.k);
      IF place IS NOT NULL THEN
        answers := array_append(answers, '{"conflicts":' || conflicts[place] || '}');
        CONTINUE;
      END IF;
      IF wave.settings IS NOT NULL THEN
        result := facts.revision + 1;
        answers := array_append(answers, json_build_object('revisions', result, 'unchanged', NULL)::text);
      ELSIF made.revisions IS NULL THEN
        SELECT e.revision::text AS revision, e.entry INTO facts FROM ${s}.entries AS e
          WHERE e.folded = made.verification ->> 'folded' AND e.id = made.verification ->> 'id' AND e.entry IS NOT NULL;
        IF NOT FOUND THEN
          answers := array_append(answers, '{"conflicts":[]}');
          CONTINUE;
        END IF;
        INSERT INTO ${s}.changed VALUES (made.verification ->> 'id', top.position + 1);
        result := facts.revision || E'\\n' || facts.entry;
        answers := array_append(answers, json_build_object('revisions', facts.revision, 'unchanged', facts.entry)::text);
      ELSE
        result := made.revisions;
        answers := array_append(answers, '{"revisions":"' || result || '","unchanged":null}');
      END IF;
      top.position := top.position + 1;
      top.chain := sha256(top.chain || convert_to(made.record || E'\\n' || result, 'UTF8'));
      positions := array_append(positions, top.position);
      times := array_append(times, made.at);
      records := array_append(records, made.record);
      outcomes := array_append(outcomes, result);
      chains := array_append(chains, top.chain);
      IF wave.settings IS NULL THEN
        place := array_position(operation_names, made.operation);
        IF place IS NULL THEN
          operation_names := array_append(operation_names, made.operation);
          operation_counts := array_append(operation_counts, made.count::bigint);
        ELSE
          operation_counts[place] := operation_counts[place] + made.count;
        END IF;
      END IF;
      IF made.verification IS NOT NULL THEN
        INSERT INTO ${s}.verifications AS v VALUES (
          made.verification ->> 'outcome', (made.verification ->> 'bucket')::integer, 1,
          (made.verification ->> 'bytes')::numeric, (made.verification ->> 'ms')::numeric
        ) ON CONFLICT (outcome, bucket) DO UPDATE SET
          count = v.count + 1, bytes = v.bytes + excluded.bytes, ms = v.ms + excluded.ms;
      END IF;
    END LOOP;
  END LOOP;

  result := '[' || array_to_string(answers, ',') || ']';
  -- A call without effect may be repeated as it is, and leaves nothing.
  IF top.position = first_position THEN RETURN result; END IF;
  INSERT INTO ${s}.history
    SELECT h.position, by_writer, this_call, h.at, clock_timestamp(), h.record, h.outcome, h.chain
    FROM unnest(positions, times, records, outcomes, chains) AS h(position, at, record, outcome, chain);
  FOR i IN 1..cardinality(operation_names) LOOP
    UPDATE ${s}.operations SET count = count + operation_counts[i] WHERE name = operation_names[i];
    CONTINUE WHEN FOUND;
    -- The names of operations are bounded, as a store takes any.
    INSERT INTO ${s}.operations AS o VALUES (
      CASE WHEN (SELECT count(*) FROM ${s}.operations) < 100 THEN operation_names[i] ELSE 'other' END, operation_counts[i]
    ) ON CONFLICT (name) DO UPDATE SET count = o.count + excluded.count;
  END LOOP;
  UPDATE ${s}.head SET position = top.position, chain = top.chain,
    pending = top.pending, active = top.active, retired = top.retired, failed = top.failed;
  IF seen.call IS NULL THEN
    -- No call is sent again after a day.
    DELETE FROM ${s}.writers WHERE seen_at < clock_timestamp() - interval '1 day';
    INSERT INTO ${s}.writers VALUES (by_writer, this_call, result, clock_timestamp());
  ELSE
    UPDATE ${s}.writers SET call = this_call, answer = result, seen_at = clock_timestamp() WHERE writer = by_writer;
  END IF;
  PERFORM pg_notify('catalog_' || expected, top.position::text);
  RETURN result;
END
$function$;
REVOKE ALL ON FUNCTION ${s}.commit_changes FROM PUBLIC;
`
}
