import { beginCall, CALL_OPTIONS, CALL_PARAMETERS, countOperation, endCall } from './call-parts.ts'
import { COLUMNS, GIVEN, VALUES } from './given-columns.ts'
import type { QuotedSchema } from './schema-name.ts'

/** `k` is the place of the commit in its wave, `n` that of the change in its commit. */
const CHANGE = `(k integer, n integer, id text, folded text, entry text, ${GIVEN.join(', ')})`

/**
 * The function that makes the commits of one call.
 *
 * Commits that change different models are checked and written together, as a wave. A statement costs more than what it does
 * for one row: 64 commits in one wave take a third of the time that they take one by one. The first wave, mostly the only one, has
 * parameters of its own, as JSON in JSON is parsed twice.
 */
export function createCommitFunction(s: QuotedSchema): string {
  return `
CREATE FUNCTION ${s}.commit_changes(
  ${CALL_PARAMETERS},
  first_commits json, first_keys json, first_changes json, first_settings json, other_waves json
)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER ${CALL_OPTIONS} AS $function$
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
  counted text;
  place integer;
  notified text;
  result text;
BEGIN
${beginCall(s)}
  first_position := top.position;

  FOR wave IN
    SELECT first_commits AS commits, first_keys AS keys, first_changes AS changes, first_settings AS settings
    UNION ALL
    SELECT * FROM json_to_recordset(other_waves) AS w(commits json, keys json, changes json, settings json)
  LOOP
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
        ${countOperation('made.operation', 'made.count')}
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
  UPDATE ${s}.head SET position = top.position, chain = top.chain,
    pending = top.pending, active = top.active, retired = top.retired, failed = top.failed,
    operations = top.operations;
  UPDATE ${s}.writers SET call = this_call, answer = result, seen_at = clock_timestamp() WHERE writer = by_writer;
${endCall(s)}
END
$function$;
REVOKE ALL ON FUNCTION ${s}.commit_changes FROM PUBLIC;
`
}
