/** The check of inputs that only a model in place says where its links may lead. */
export const LINKS_NEED_LOCATION: {
  path: string[]
  when: (payload: { readonly value: unknown }) => boolean
  message: string
} = {
  path: ['linksInto'],
  // Also if another field is wrong: the caller learns of all problems at once.
  when: ({ value }) => typeof value === 'object' && value !== null,
  message: 'must be given together with location',
}

interface LinksInput {
  readonly linksInto?: unknown
  readonly location?: unknown
}

/** Whether an input says nothing of links, or says it of a location. */
export function hasLocationForLinks({ linksInto, location }: LinksInput): boolean {
  return linksInto === undefined || linksInto === null || typeof location === 'string'
}
