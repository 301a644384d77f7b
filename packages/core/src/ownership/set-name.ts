const NUMBER = '[0-9]{1,9}'
/** How the names of files that are one model count them; what stands before, the count, and what stands behind. */
const COUNTED: readonly RegExp[] = [
  // `-00001-of-00003`, `_1_of_3`, `.part1of2`
  new RegExp(`^(.*?)[-_.]?(?:part|split|shard)?[-_.]?${NUMBER}[-_.]?of[-_.]?(${NUMBER})(.*)$`, 'isu'),
  // `-split-a`, `.part2`, `-shard-03`
  new RegExp(`^(.*?)[-_.](?:part|split|shard)[-_.]?(?:[a-z]{1,2}|${NUMBER})((?:\\..*)?)$`, 'isu'),
  // `consolidated.00.pth`
  new RegExp(`^(consolidated)[-_.]${NUMBER}((?:\\..*)?)$`, 'isu'),
  // `m.gguf.001`
  /^(.+\.[a-z0-9]+)\.[0-9]{2,3}()$/isu,
]

/**
 * What all files of one set have in common, and no file beside them: undefined for a name that counts nothing. The number of
 * digits does not count, because tools pad them differently.
 */
export function setNameOf(name: string): string | undefined {
  for (const pattern of COUNTED) {
    const parts = pattern.exec(name)?.slice(1)
    // Stryker disable next-line MethodExpression: large letters compare as small ones do.
    const small = parts?.map((part) => part.toLowerCase())
    if (small !== undefined) return small.map((part) => part.replace(/^0+(?=[0-9]+$)/u, '')).join('\0')
  }
  return undefined
}
