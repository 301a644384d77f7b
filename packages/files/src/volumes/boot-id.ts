import { readFileSync } from 'node:fs'
import { errnoOf } from '@catalog/system-calls'

const UUID = /^[0-9a-f-]{36}$/u

/** Linux draws a random id at each start; undefined where the system has none. */
export function readBootId(): string | undefined {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return UUID.test(text) ? text : undefined
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return undefined
  }
}
