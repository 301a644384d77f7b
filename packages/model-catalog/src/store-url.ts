import { createInvalidInput, redactSource } from '@catalog/types'

/** What a URL says of a catalog in a database. */
export interface StoreUrl {
  /** The URL without the parameters that are of the catalog. */
  readonly connectionString: string
  readonly schema?: string
  readonly pooler?: boolean
}

const SCHEME = /^postgres(?:ql)?:\/\//u

/**
 * A URL such as `postgresql://user@host:5432/database?schema=models&pooler=true`. All but `schema` and `pooler` is passed on to
 * `pg`. INVALID_INPUT, without the text, which may have a password.
 */
export function parseStoreUrl(text: string, field = 'store'): StoreUrl {
  const createWrong = (problem: string): Error => createInvalidInput([{ field, problem }])
  if (!isStoreUrl(text)) throw createWrong('must be a URL such as postgresql://user@host:5432/database')
  const [, address = '', query = '', rest = ''] = /^([^?#]*)\??([^#]*)(.*)$/su.exec(text) ?? []
  const parameters = query.split('&').filter((parameter) => parameter !== '')
  const own = new URLSearchParams(parameters.filter(isOwn).join('&'))
  const others = parameters.filter((parameter) => !isOwn(parameter))
  const [schema, pooler] = [own.get('schema'), own.get('pooler')]
  if (schema === '') throw createWrong('must have a name in its parameter schema')
  if (pooler !== null && pooler !== 'true' && pooler !== 'false') {
    throw createWrong('must have true or false in its parameter pooler')
  }
  return {
    connectionString: `${address}${others.length > 0 ? `?${others.join('&')}` : ''}${rest}`,
    ...(schema !== null && { schema }),
    ...(pooler !== null && { pooler: pooler === 'true' }),
  }
}

function isOwn(parameter: string): boolean {
  return parameter.startsWith('schema=') || parameter.startsWith('pooler=')
}

/**
 * A URL of a database as others may see it: without user and password, and of its parameters only those that say which catalog it is.
 */
export function redactStoreUrl(url: string): string {
  const [, query = ''] = /\?([^#]*)/u.exec(url) ?? []
  const shown = query.split('&').filter((parameter) => /^(?:host|port|schema)=./u.test(parameter))
  return redactSource(url) + (shown.length > 0 ? `?${shown.join('&')}` : '')
}

/** Whether a text is the URL of a database. */
export function isStoreUrl(text: string): boolean {
  return SCHEME.test(text)
}
