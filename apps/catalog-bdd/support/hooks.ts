import { After, Before } from '@cucumber/cucumber'
import type { CatalogWorld } from './world.ts'

Before({ name: 'an empty world' }, async function (this: CatalogWorld) {
  await this.prepare()
})

After({ name: 'close everything, and let no error pass unseen' }, async function (this: CatalogWorld) {
  await this.dispose()
  this.assertNothingUnexpected()
})
