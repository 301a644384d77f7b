/** Room `diagnosis`: what a wrong file looks like instead. */

import type { Diagnosis } from './diagnosis.ts'

/**
 * A diagnosis as one sentence for people, with what to do about it if that is known. The wording may change.
 */
export function describeDiagnosis(diagnosis: Diagnosis): string {
  switch (diagnosis.kind) {
    case 'empty':
      return 'the file is empty'
    case 'partial-name':
      return 'its name is that of a partial download, which is not complete'
    case 'git-lfs-pointer':
      return describePointer(diagnosis)
    case 'html-page':
      return withSaid('a web page was saved in place of the file', diagnosis.says)
    case 'json-page':
    case 'xml-page':
    case 'text-page':
      return withSaid("a server's answer was saved in place of the file", diagnosis.says)
    case 'other-entry':
      return `these are the bytes of ${diagnosis.id}`
    case 'compressed':
      return `the file is packed with ${diagnosis.compression}: unpack it`
    case 'truncated-format':
      return describeTruncated(diagnosis)
    case 'shorter':
      return describeShorter(diagnosis)
    case 'longer':
      return `the file has ${toBytes(diagnosis.excessBytes)} too many`
    case 'other-format':
      return `the file is ${diagnosis.found}, and its name says ${diagnosis.extension}`
    case 'wrong-format':
      return `not a valid ${diagnosis.format} file: ${diagnosis.problem}`
    case 'zeros':
      return describeZeros(diagnosis)
    case 'same-wrong-digest':
      return `the same digest was found last time: ask the source whether ${diagnosis.expected} is right`
    default:
      return diagnosis satisfies never
  }
}

function toBytes(count: number): string {
  return `${count} ${count === 1 ? 'byte' : 'bytes'}`
}

/** A page may say nothing: then it is not quoted. */
function withSaid(what: string, says: string): string {
  return says === '' ? what : `${what}: ${says}`
}

function describeTruncated(diagnosis: Diagnosis & { kind: 'truncated-format' }): string {
  const { format, neededBytes, foundBytes, tensorCount } = diagnosis
  const tensors =
    tensorCount === undefined ? '' : `, which lists ${tensorCount} tensor${tensorCount === 1 ? '' : 's'}`
  return `the file needs at least ${neededBytes} bytes by its own ${format} header${tensors}, and has ${foundBytes}`
}

function describePointer(diagnosis: Diagnosis & { kind: 'git-lfs-pointer' }): string {
  const what = `this is a git-lfs pointer to ${diagnosis.pointedBytes} bytes`
  if (diagnosis.isExpected === false) return `${what} of another digest, ${diagnosis.oid}`
  return `${what}: run git lfs pull`
}

function describeShorter({ missingBytes, blockBytes }: Diagnosis & { kind: 'shorter' }): string {
  const what = `the file ends ${toBytes(missingBytes)} too early`
  return blockBytes === undefined ? what : `${what}, at a multiple of ${blockBytes} bytes`
}

function describeZeros({ offset, lengthBytes, isAtEnd, isExact }: Diagnosis & { kind: 'zeros' }): string {
  if (isAtEnd && isExact && offset === 0) return `all of its ${lengthBytes} bytes are zeros`
  const least = isExact ? '' : 'at least '
  return isAtEnd
    ? `${least}the last ${lengthBytes} bytes are zeros`
    : `${least}${lengthBytes} bytes from ${offset} on are zeros`
}
