import { createStage } from '@catalog/testkit/running'
import { After, AfterAll, Before, BeforeAll } from '@cucumber/cucumber'
import type { CatalogWorld } from './world.ts'

let removeStage: () => void = () => undefined

BeforeAll(() => {
  removeStage = createStage()
})

AfterAll(() => removeStage())

Before({ name: 'an empty world' }, async function (this: CatalogWorld) {
  await this.prepare()
})

After({ name: 'close everything, and let no error pass unseen' }, async function (this: CatalogWorld) {
  await this.dispose()
  this.assertNothingUnexpected()
})
