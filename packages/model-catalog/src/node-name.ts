import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The label of this machine: `$CATALOG_NODE`; else a code made from `/etc/machine-id`, which stays when the host is renamed
 * and does not tell the id itself; else the host name.
 */
export function findNodeName(): string {
  const { CATALOG_NODE: given = '' } = process.env
  return given || findMachineName() || findHostName()
}

/** The host name, with what no host name has replaced: the label that older versions used. */
export function findHostName(name: string = hostname()): string {
  const clean = name.replaceAll(/[^A-Za-z0-9._-]/gu, '-').replace(/^[^A-Za-z0-9]+/u, '')
  return clean.slice(0, 253) || 'localhost'
}

/** As machine-id(5) asks: the id is hashed with the name of the program. */
function findMachineName(): string | undefined {
  try {
    const id = readFileSync('/etc/machine-id', 'utf8').trim()
    if (!/^[0-9a-f]{32}$/u.test(id) || /^0+$/u.test(id)) return undefined
    return `m-${createHmac('sha256', id).update('model-catalog node').digest('hex').slice(0, 16)}`
  } catch {
    return undefined
  }
}
