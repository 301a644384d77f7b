import { expect, it } from 'vitest'
import { toShellWord } from './shell-word.ts'

it('a word is quoted only if a shell would take it for something else', () => {
  expect(toShellWord('/mnt/usb-1/models')).toBe('/mnt/usb-1/models')
  expect(toShellWord('/mnt/my disk')).toBe("'/mnt/my disk'")
  expect(toShellWord("it's")).toBe(String.raw`'it'\''s'`)
  expect(toShellWord('')).toBe("''")
})
