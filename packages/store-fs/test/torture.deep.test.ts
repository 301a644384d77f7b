import { lacks } from '@catalog/testkit/running'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { playRun, TORTURE_RUNS, type TortureName } from '../torture/runs.ts'
import { Workspace } from '../torture/workspace.ts'

// Seconds of each run; `torture/main.ts` plays them for minutes.
describe('in a short run, no promise is broken by', () => {
  let workspace: Workspace
  beforeEach(async () => {
    workspace = await Workspace.open()
  })
  afterEach(() => workspace[Symbol.asyncDispose]())

  for (const [name, { needs }] of Object.entries(TORTURE_RUNS)) {
    it.skipIf(lacks(...needs))(name, async () => {
      const { line, report } = await playRun(name as TortureName, { workspace, isShort: true })
      console.info(line)
      expect(report.breaks).toEqual([])
    })
  }
})
