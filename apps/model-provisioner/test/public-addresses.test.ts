import { expect, it } from 'vitest'
import { isPublicAddress } from '../src/source/public-addresses.ts'
import { createSafeFetch } from '../src/source/safe-fetch.ts'
import { FaultySource } from './faulty-source.ts'

const request = { headers: {}, signal: new AbortController().signal }
const refused = {
  name: 'SourceError',
  message: expect.stringContaining('private address'),
  isTransient: false,
}

it.each([
  ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '192.0.2.1', '224.0.0.1', '255.255.255.255'],
  ...['::1', '[::1]', '::', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', 'fe80::1', 'fe80::1%eth0'],
  ...[
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '64:ff9b::',
    '64:ff9b::1',
    '2002:7f00:1::',
    '2001:db8::1',
    'no address',
  ],
])('%s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

it.each([
  '1.1.1.1',
  '172.32.0.1',
  '64:ff9b::808:808',
  '64:ff9b::1.1.1.1',
  '2606:4700:4700::1111',
  '[2a00:1450:4001::1]',
  '::ffff:8.8.8.8',
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

it.each([
  ...[
    'http://127.0.0.1:8123/x',
    'http://2130706433:8123/x',
    'http://0x7f.1:8123/',
    'http://[::1]:8123/x',
    'http://[::ffff:7f00:1]:8123/',
  ],
  ...['http://169.254.169.254/latest/meta-data/', 'https://10.0.0.1/x', 'http://localhost:8123/x'],
])('%s is refused, as an address or by what its name leads to', async (url) => {
  await expect(createSafeFetch()(url, request)).rejects.toMatchObject(refused)
})

it('a redirect to a private address is refused, also by one who may be asked', async () => {
  await using source = await FaultySource.start()
  const url = source.put('/m', Buffer.from('x'))
  source.plan = [{ redirect: 'http://169.254.169.254/latest/meta-data/' }]
  const asked: string[] = []
  // What is public here is what a test can be: only the address of the first server is let through.
  const isAllowed = (host: string): boolean => {
    asked.push(host)
    return host === '127.0.0.1'
  }
  const fetch = createSafeFetch({ isAllowed })
  await expect(fetch(url, request)).rejects.toMatchObject(refused)
  expect(asked).toEqual(['127.0.0.1', '169.254.169.254'])
})

it('six redirects are too many, and a scheme that is not of the web is none', async () => {
  await using source = await FaultySource.start()
  const url = source.put('/m', Buffer.from('x'))
  const fetch = createSafeFetch({ allowPrivate: true })
  source.plan = Array.from({ length: 6 }, () => ({ redirect: '/m' }))
  await expect(fetch(url, request)).rejects.toThrow('redirects more than 5 times')
  source.plan = [{ redirect: 'file:///etc/passwd' }]
  await expect(fetch(url, request)).rejects.toThrow('not an https: or http: URL')
})
