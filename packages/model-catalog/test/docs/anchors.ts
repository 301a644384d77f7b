import { readPage } from './pages.ts'

/** The anchors of a page's headings, as GitHub makes them. */
export function listAnchors(page: string): ReadonlySet<string> {
  const headings = readPage(page).match(/^#+ .+$/gmu) ?? []
  return new Set(headings.map(toAnchor))
}

export function toAnchor(heading: string): string {
  const text = heading.replace(/^#+ /u, '').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N}\-_ ]/gu, '').replaceAll(' ', '-')
}
