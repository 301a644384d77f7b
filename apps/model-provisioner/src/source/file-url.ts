import { type ModelEntry, type ModelFile, ModelRef } from 'model-catalog'
import { SourceError } from './source-error.ts'

export const DEFAULT_HUB = 'https://huggingface.co'

/**
 * The URL of one file of a model: that of its source, or, of a model of many files, below it. A `hf:` source is asked for at
 * the hub.
 *
 * @throws {SourceError} if the source names no file that can be fetched
 */
export function toFileUrl(
  { source }: Pick<ModelEntry, 'source'>,
  part: ModelFile | undefined,
  hub: string,
): string {
  const ref = parse(source)
  if (ref?.kind === 'hf') {
    const path = [ref.path, part?.path].filter((each) => each !== undefined).join('/')
    if (path === '')
      throw new SourceError('the source is a repository and names no file', { isTransient: false })
    const revision = encodeURIComponent(ref.revision ?? 'main')
    return `${hub}/${ref.org}/${ref.repo}/resolve/${revision}/${encodePath(path)}`
  }
  if (ref?.kind !== 'https' && ref?.kind !== 'http') {
    const kind = ref?.kind ?? 'something else'
    throw new SourceError(`the source is ${kind}, and only hf:, https: and http: can be fetched`, {
      isTransient: false,
    })
  }
  return part === undefined ? source : toUrlBelow(source, part.path)
}

/** With the query of the source, which may be what signs it. */
function toUrlBelow(source: string, path: string): string {
  const url = new URL(source)
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/${encodePath(path)}`
  return url.href
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function parse(source: string): ModelRef | undefined {
  try {
    return ModelRef.parse(source)
  } catch {
    return undefined
  }
}
