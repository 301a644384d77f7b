import type { Finding } from './finding.ts'

/** A finding as one sentence for people, with what to do about it where that is known. The wording may change. */
export function describeFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'empty':
      return 'the file is empty'
    case 'git-lfs-pointer':
      return describePointer(finding)
    case 'html-page':
      return `a web page was saved in place of the file: ${finding.says}`
    case 'json-page':
    case 'xml-page':
    case 'text-page':
      return `a server's answer was saved in place of the file: ${finding.says}`
    case 'other-entry':
      return `these are the bytes of ${finding.id}`
    case 'compressed':
      return `the file is packed with ${finding.compression}: unpack it`
    case 'truncated-format':
      return `the file needs at least ${finding.neededBytes} bytes by its own ${finding.format} header, and has ${finding.foundBytes}`
    case 'shorter':
      return describeShorter(finding)
    case 'longer':
      return `the file has ${finding.excessBytes} bytes too many`
    case 'wrong-format':
      return `this is no ${finding.format} file: ${finding.problem}`
    case 'zeros':
      return describeZeros(finding)
    case 'same-wrong-digest':
      return `the same digest was found last time: ask the source whether ${finding.expected} is right`
    default:
      return finding satisfies never
  }
}

function describePointer(finding: Finding & { kind: 'git-lfs-pointer' }): string {
  const what = `this is a git-lfs pointer to ${finding.pointedBytes} bytes`
  if (finding.isExpected === false) return `${what} of another digest, ${finding.oid}`
  return `${what}: run git lfs pull`
}

function describeShorter({ missingBytes, blockBytes }: Finding & { kind: 'shorter' }): string {
  const what = `the file ends ${missingBytes} bytes too early`
  return blockBytes === undefined ? what : `${what}, at a multiple of ${blockBytes} bytes`
}

function describeZeros({ offset, lengthBytes, isAtEnd, isExact }: Finding & { kind: 'zeros' }): string {
  const length = isExact ? `${lengthBytes}` : `at least ${lengthBytes}`
  return isAtEnd ? `the last ${length} bytes are zeros` : `${length} bytes from ${offset} on are zeros`
}
