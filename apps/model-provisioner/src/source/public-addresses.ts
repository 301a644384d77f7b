import { lookup as lookUp } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SourceError } from './source-error.ts'

// IANA's special-purpose registries: this host, private and shared networks, link-local (where clouds have their metadata),
// documentation, benchmarks, multicast, and the ranges of IPv6 that wrap an address of IPv4.
const V4 = [
  ...[
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '168.63.129.16/32',
    '169.254.0.0/16',
    '172.16.0.0/12',
  ],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]
const V6 = [
  ...['::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16'],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]

/** Where a network that has only IPv6 shows the addresses of IPv4 (RFC 6052): what counts is the address inside. */
const translated = new BlockList()
translated.addSubnet('64:ff9b::', 96, 'ipv6')

const blocked = new BlockList()
for (const range of V4) addRange(range, 'ipv4')
for (const range of V6) addRange(range, 'ipv6')

function addRange(range: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', bits = ''] = range.split('/')
  blocked.addSubnet(address, Number(bits), family)
}

/** Whether an address, as `[…]` in a URL or without, is one that the whole internet reaches. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/gu, '').replace(/%.*$/u, '')
  switch (isIP(bare)) {
    case 4:
      return !blocked.check(bare, 'ipv4')
    case 6:
      return translated.check(bare, 'ipv6')
        ? !blocked.check(findInside(bare), 'ipv4')
        : !blocked.check(bare, 'ipv6')
    default:
      return false
  }
}

/** The last 32 bits of an address of IPv6, as one of IPv4. */
function findInside(address: string): string {
  // As a URL writes it: groups of hexadecimal digits, and never an address of IPv4 at the end.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2)
  return groups
    .map((group) => Number.parseInt(group || '0', 16))
    .map((group) => `${group >> 8}.${group & 255}`)
    .join('.')
}

/** A host that is written as an address needs no lookup, so it is looked at here. */
export function assertPublicHost(hostname: string): void {
  const isAddress = hostname.startsWith('[') || isIP(hostname) !== 0
  if (isAddress && !isPublicAddress(hostname)) throw createPrivate()
}

/** As `dns.lookup`, but a name that leads to any address that is not public is refused: what is checked is what is connected to. */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0)
    if (addresses.some(({ address }) => !isPublicAddress(address))) return callback(createPrivate(), '', 0)
    if (options.all === true) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family ?? 0)
  })
}

function createPrivate(): SourceError {
  const message = 'the source leads to a private address, which requires --allow-private'
  return new SourceError(message, { isTransient: false })
}
