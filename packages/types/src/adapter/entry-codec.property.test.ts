import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wireEntries } from '../../test/wire-entries.ts'
import { decodeEntry, encodeEntry } from './entry-codec.ts'

it('writes back any valid entry, byte for byte', () => {
  fc.assert(
    fc.property(wireEntries, (wire) => {
      const text = JSON.stringify(wire)
      const entry = decodeEntry(JSON.parse(text), wire.revision)
      expect(JSON.stringify(encodeEntry(entry))).toBe(text)
      expect(decodeEntry(encodeEntry(entry), wire.revision)).toEqual(entry)
    }),
  )
})
