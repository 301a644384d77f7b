import { expect, it } from 'vitest'
import { parseStoreUrl, redactStoreUrl } from './store-url.ts'

it.each([
  ['postgres://host/models', { connectionString: 'postgres://host/models' }],
  [
    'postgresql://%2Ftmp%2Fx:5432/m?schema=b',
    { connectionString: 'postgresql://%2Ftmp%2Fx:5432/m', schema: 'b' },
  ],
  [
    'postgres://me:p%3F@host/m?sslmode=require&schema=a%20b&pooler=true&application_name=x',
    {
      connectionString: 'postgres://me:p%3F@host/m?sslmode=require&application_name=x',
      schema: 'a b',
      pooler: true,
    },
  ],
  [
    'postgresql://host/m?sslmode=require&channel_binding=require&connect_timeout=10',
    { connectionString: 'postgresql://host/m?sslmode=require&channel_binding=require&connect_timeout=10' },
  ],
  [
    'postgres:///m?host=/run/pg&pooler=false',
    { connectionString: 'postgres:///m?host=/run/pg', pooler: false },
  ],
])('%s is taken apart', (text, expected) => {
  expect(parseStoreUrl(text)).toEqual(expected)
})

it.each([
  'mysql://me:secret@host/m',
  'secret',
  'postgres://me:secret@host/m?schema=',
  'postgres://me:secret@host/m?pooler=1',
  'postgres://me:secret@host/m?shema=b',
  'postgres://me:secret@host/m?schema=b&Pooler=true',
  'postgres://me:secret@host/m?secret',
])('%s is refused, without its text', (text) => {
  expect(() => parseStoreUrl(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  expect(() => parseStoreUrl(text)).not.toThrow(/secret/u)
})

it.each([
  ['postgresql://me:secret@host:1/m?schema=b&sslmode=require', 'postgresql://host:1/m?schema=b'],
  ['postgres://me@/m?host=/run/pg&password=secret&port=1', 'postgres:///m?host=/run/pg&port=1'],
  ['postgresql://host/m?schema=&user=secret', 'postgresql://host/m'],
])('%s may be seen as %s', (url, shown) => {
  expect(redactStoreUrl(url)).toBe(shown)
})

it('a URL that is not well-formed is not seen as a password', () => {
  expect(redactStoreUrl('postgresql://me:secret?x&secret@host/m?schema=b')).not.toContain('secret')
})
