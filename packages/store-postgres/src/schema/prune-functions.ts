import type { QuotedSchema } from './schema-name.ts'

/**
 * The functions that remove the oldest part of the history. The first moves the beginning, under the lock of `head`:
 * from then on nothing before it is read. The second removes the rows, a limited number at a time and without that lock, so that
 * commits do not wait for it; if it is interrupted, the next pruning removes the rest.
 */
export function createPruneFunctions(s: QuotedSchema): string {
  return `
CREATE FUNCTION ${s}.move_beginning(expected uuid, expected_format integer, until bigint, lock_ms integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  top ${s}.head%ROWTYPE;
  last_chain bytea;
BEGIN
  PERFORM set_config('lock_timeout', lock_ms::text, true);
  SELECT * INTO top FROM ${s}.head FOR UPDATE;
  IF NOT EXISTS (SELECT FROM ${s}.catalog WHERE id = expected AND format = expected_format) THEN
    RAISE EXCEPTION 'another catalog' USING ERRCODE = 'MC001';
  END IF;
  IF until <= top.kept_after THEN RETURN; END IF;
  SELECT chain INTO last_chain FROM ${s}.history WHERE position = until;
  IF last_chain IS NULL THEN
    RAISE EXCEPTION 'record % of the history is missing', until USING ERRCODE = 'MC004';
  END IF;
  UPDATE ${s}.head SET kept_after = until, kept_chain = last_chain;
END
$function$;
CREATE FUNCTION ${s}.remove_before_beginning(most integer)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
DECLARE
  last_position bigint;
  removed bigint;
BEGIN
  SELECT max(position) INTO last_position FROM (
    SELECT position FROM ${s}.history WHERE position <= (SELECT kept_after FROM ${s}.head) ORDER BY position LIMIT most
  ) AS oldest;
  DELETE FROM ${s}.changed WHERE position <= last_position;
  DELETE FROM ${s}.history WHERE position <= last_position;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END
$function$;
REVOKE ALL ON FUNCTION ${s}.move_beginning FROM PUBLIC;
REVOKE ALL ON FUNCTION ${s}.remove_before_beginning FROM PUBLIC;
`
}
