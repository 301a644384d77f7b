import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { playRun, TORTURE_RUNS, type TortureName } from '../torture/runs.ts'
import { Workspace } from '../torture/workspace.ts'

// Seconds of each run; `torture/main.ts` plays them for minutes.
describe('in short, no promise is broken by', () => {
  let workspace: Workspace
  beforeEach(async () => {
    workspace = await Workspace.open()
  })
  afterEach(() => workspace[Symbol.asyncDispose]())

  for (const name of Object.keys(TORTURE_RUNS) as TortureName[]) {
    it(name, { timeout: 90_000 }, async (context) => {
      const { line, report } = await playRun(name, { workspace, isShort: true })
      console.info(line)
      for (const reason of report.skipped) console.warn(`SKIPPED ${reason}`)
      expect(report.breaks).toEqual([])
      if (report.skipped.length > 0) context.skip(report.skipped.join('; '))
    })
  }
})
