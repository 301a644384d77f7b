import assert from 'node:assert/strict'
import { Given, When } from '@cucumber/cucumber'
import type { CatalogWorld } from '../support/world.ts'

Given(
  '{string} has a lease of {int} seconds on {string}',
  async function (this: CatalogWorld, holder: string, seconds: number, id: string) {
    this.subject = id
    await this.catalog.leases.take(id, { forMs: seconds * 1000, holder })
  },
)

Given('{string} has released its lease', async function (this: CatalogWorld, holder: string) {
  await releaseLease(this, holder)
})

When(
  '{string} takes a lease of {int} seconds on {string}',
  async function (this: CatalogWorld, holder: string, seconds: number, id: string) {
    await this.attempt(() => this.catalog.leases.take(id, { forMs: seconds * 1000, holder }))
  },
)

When(
  '{string} renews its lease for {int} seconds',
  async function (this: CatalogWorld, holder: string, seconds: number) {
    const { leases = [] } = (await this.catalog.get(this.subject)) ?? {}
    const lease = leases.find((each) => each.holder === holder)
    assert.ok(lease, `${holder} must have had a lease`)
    await this.attempt(() => this.catalog.leases.renew(this.subject, lease.id, { forMs: seconds * 1000 }))
  },
)

When(
  '{string} is removed, waiting, and {string} releases its lease',
  async function (this: CatalogWorld, id: string, holder: string) {
    this.subject = id
    await this.attempt(async () => {
      const removing = this.catalog.remove(id, { wait: true })
      await releaseLease(this, holder)
      await removing
    })
  },
)

async function releaseLease({ catalog, subject }: CatalogWorld, holder: string): Promise<void> {
  for (const lease of await catalog.leases.list(subject)) {
    if (lease.holder === holder) await catalog.leases.release(subject, lease.id)
  }
}
