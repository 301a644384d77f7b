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
 * What may stand in a URL: what is of the catalog and what `pg` reads, and in the second paragraph what only other programs read, as it
 * stands in the URLs of providers. Source: PostgreSQL 18, "Parameter Key Words" of libpq.
 */
const PARAMETERS = new Set(
  `schema pooler user password host port options client_encoding application_name
  fallback_application_name statement_timeout lock_timeout query_timeout ssl sslmode
  idle_in_transaction_session_timeout sslcert sslkey sslrootcert sslnegotiation uselibpqcompat

  hostaddr dbname passfile require_auth channel_binding connect_timeout keepalives keepalives_idle
  keepalives_interval keepalives_count tcp_user_timeout replication gssencmode sslcompression
  sslpassword sslcertmode sslcrl sslcrldir sslsni requirepeer ssl_min_protocol_version
  ssl_max_protocol_version min_protocol_version max_protocol_version krbsrvname gsslib gssdelegation
  scram_client_key scram_server_key service servicefile target_session_attrs load_balance_hosts`.split(
    /\s+/u,
  ),
)

/**
 * A URL such as `postgresql://user@host:5432/database?schema=models&pooler=true`. All but `schema` and `pooler` is passed on to
 * `pg`, which ignores what it does not know: a name that PostgreSQL does not know either is a slip. INVALID_INPUT, without the text, which may
 * have a password.
 */
export function parseStoreUrl(text: string, field = 'store'): StoreUrl {
  const createWrong = (problem: string): Error => createInvalidInput([{ field, problem }])
  if (!isStoreUrl(text)) throw createWrong('must be a URL such as postgresql://user@host:5432/database')
  const [, address = '', query = '', rest = ''] = /^([^?#]*)\??([^#]*)(.*)$/su.exec(text) ?? []
  const parameters = query.split('&').filter((parameter) => parameter !== '')
  const names = [...new URLSearchParams(parameters.join('&')).keys()]
  if (names.some((name) => !PARAMETERS.has(name))) {
    throw createWrong(
      'must have only parameters of PostgreSQL, and schema and pooler: one of its names is not known',
    )
  }
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
