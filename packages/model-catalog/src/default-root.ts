import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Variables of the environment, by name. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The default directory of the models: `$CATALOG_ROOT`, else `llama-orch/models` below `$XDG_CACHE_HOME`,
 * else below `~/.cache`. A relative `$XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification
 * asks.
 */
export function findDefaultRoot(environment: Environment = process.env): string {
  const { CATALOG_ROOT: root, XDG_CACHE_HOME: cache } = environment
  if (root) return root
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache')
  return join(base, 'llama-orch', 'models')
}
