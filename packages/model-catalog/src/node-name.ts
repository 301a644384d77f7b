import { hostname } from 'node:os'

/** This machine's name as evidence is kept by it: the host name, with what no host name has replaced. */
export function findNodeName(name: string = hostname()): string {
  const clean = name.replaceAll(/[^A-Za-z0-9._-]/gu, '-').replace(/^[^A-Za-z0-9]+/u, '')
  return clean.slice(0, 253) || 'localhost'
}
