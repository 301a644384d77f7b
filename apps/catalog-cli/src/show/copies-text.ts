import type { ModelCopy } from 'model-catalog'
import { toPrintable } from '../text/printable.ts'

/** More machines than this make no line that is read. */
const MOST_NODES = 4

/** The machines with a verified copy, this one first: `gpu-1 (here), gpu-2, gpu-3 (silent)`. */
export function formatNodes(copies: readonly ModelCopy[]): string {
  const names = [...new Set(copies.map(({ node }) => node))]
  const nodes = names.map((node) => {
    const of = copies.filter((copy) => copy.node === node)
    const isHere = of.some((copy) => copy.isHere)
    const isCounted = of.some((copy) => copy.isCounted)
    const remark = isHere ? ' (here)' : isCounted ? '' : ' (silent)'
    return { text: `${toPrintable(node)}${remark}`, rank: isHere ? 0 : isCounted ? 1 : 2 }
  })
  const texts = nodes.sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : 1)).map(({ text }) => text)
  const more = texts.length > MOST_NODES ? `, and ${texts.length - MOST_NODES} more` : ''
  return texts.length === 0 ? '-' : `${texts.slice(0, MOST_NODES).join(', ')}${more}`
}

/** Each copy in a line. */
export function describeCopy({ node, volume, verifiedAt, lastSeenAt, isCounted, isHere }: ModelCopy): string {
  const where = volume === undefined ? '' : `, volume ${toPrintable(volume.slice(0, 8))}`
  const seen = isHere ? 'here' : `last seen ${lastSeenAt}${isCounted ? '' : ', does not count'}`
  return `${toPrintable(node)}${where}, verified ${verifiedAt}, ${seen}`
}
