const OF_SYSTEMS: ReadonlySet<string> = new Set([
  '$recycle.bin',
  '__macosx',
  'desktop.ini',
  'ehthumbs.db',
  'lost+found',
  'system volume information',
  'thumbs.db',
])
const TEMPORARY =
  /(?:~|\.(?:tmp|temp|swp|lock|part|partial|partial\.checkpoint|incomplete|crdownload|download|aria2))$/iu

/** Why a name in a model's directory is skipped, in a word; undefined if it is not. */
export function findSkipReason(name: string): string | undefined {
  if (name.startsWith('.')) return 'hidden'
  if (OF_SYSTEMS.has(name.toLowerCase())) return 'of the operating system'
  return TEMPORARY.test(name) ? 'temporary' : undefined
}
