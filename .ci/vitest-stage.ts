import { createStage } from '../packages/testkit/src/running/stage.ts'

/** Where the programs of this run of the tests are staged. */
export function setup(): () => void {
  return createStage()
}
