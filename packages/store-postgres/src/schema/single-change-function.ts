import { beginCall, CALL_OPTIONS, CALL_PARAMETERS, countOperation, endCall } from './call-parts.ts'
import { COLUMNS, PARAMETERS } from './given-columns.ts'
import type { QuotedSchema } from './schema-name.ts'

/**
 * The function that makes one commit of one change, which is what a caller alone sends: the same as `commit_changes` does with a
 * wave of one, in three statements instead of ten.
 */
export function createSingleChangeFunction(s: QuotedSchema): string {
  const looked = ', e.id, e.revision, e.state, e.entry IS NOT NULL AS is_there'
  const joined = ` LEFT JOIN ${s}.entries AS e ON e.folded = c_folded`
  const counts = ['Pending', 'Active', 'Retired', 'Failed'].map((state) => {
    const [column, is] = [state.toLowerCase(), `IS NOT DISTINCT FROM '${state}'`]
    return `${column} = ${column} + (c_state ${is})::integer - (seen.state ${is})::integer`
  })
  return `
CREATE FUNCTION ${s}.commit_change(
  ${CALL_PARAMETERS}, c_folded text, c_id text, if_revision bigint, c_entry text,
  ${PARAMETERS.join(', ')}, c_record text, c_at double precision, c_operation text
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER ${CALL_OPTIONS} AS $function$
DECLARE
  top ${s}.head%ROWTYPE;
  seen record;
  found_revision bigint;
  new_revision bigint;
  counted text;
  notified text;
  result text;
BEGIN
${beginCall(s, looked, joined)}
  found_revision := CASE WHEN seen.is_there THEN seen.revision ELSE 0 END;
  IF found_revision <> if_revision OR (seen.is_there AND seen.id <> c_id) THEN
    RETURN json_build_array(json_build_object('conflicts', json_build_array(json_build_object(
      'id', c_id, 'expected', if_revision, 'found', found_revision, 'as', CASE WHEN seen.is_there THEN seen.id ELSE c_id END
    ))));
  END IF;
  new_revision := coalesce(seen.revision, 0) + 1;
  top.position := top.position + 1;
  top.chain := sha256(top.chain || convert_to(c_record || E'\\n' || new_revision, 'UTF8'));
  ${countOperation('c_operation', '1')}
  result := '[{"revisions":"' || new_revision || '","unchanged":null}]';
  WITH written AS (
    INSERT INTO ${s}.entries AS e (folded, id, revision, entry, ${COLUMNS.join(', ')})
    VALUES (c_folded, c_id, new_revision, c_entry, ${COLUMNS.map((name) => `c_${name}`).join(', ')})
    ON CONFLICT (folded) DO UPDATE SET id = excluded.id, revision = excluded.revision, entry = excluded.entry,
      ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}
  ), listed AS (
    INSERT INTO ${s}.changed VALUES (c_id, top.position)
  ), recorded AS (
    INSERT INTO ${s}.history VALUES (
      top.position, by_writer, this_call, c_at, clock_timestamp(), c_record, new_revision::text, top.chain
    )
  ), answered AS (
    UPDATE ${s}.writers SET call = this_call, answer = result, seen_at = clock_timestamp() WHERE writer = by_writer
  )
  UPDATE ${s}.head SET position = top.position, chain = top.chain, ${counts.join(', ')}, operations = top.operations;
${endCall(s)}
END
$function$;
REVOKE ALL ON FUNCTION ${s}.commit_change FROM PUBLIC;
`
}
