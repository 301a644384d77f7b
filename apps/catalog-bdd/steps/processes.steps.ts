import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { CatalogErrorCode, CommittedChange, LifecycleState, ModelEntry } from 'model-catalog'
import { isCatalogError } from 'model-catalog'
import { bytesOf } from '../support/model-bytes.ts'
import type { Participant } from '../support/participant.ts'
import { type CatalogWorld, digestOf, SOURCE } from '../support/world.ts'

const BOTH = ['provisioner', 'orchestrator'] as const

Given('a provisioner and an orchestrator that share a catalog', async function (this: CatalogWorld) {
  await Promise.all(BOTH.map((name) => this.startParticipant(name)))
})

Given(
  'the provisioner has registered and downloaded {string}',
  async function (this: CatalogWorld, id: string) {
    const provisioner = this.participant('provisioner')
    await provisioner.call('register', { id, source: SOURCE, digest: digestOf(bytesOf(id)) })
    await provisioner.call('download', id, bytesOf(id).toString('base64'))
    this.subject = id
  },
)

Given(
  'the {participant} has verified {string}',
  async function (this: CatalogWorld, name: string, id: string) {
    await this.participant(name).call('verify', id)
  },
)

When('the {participant} verifies {string}', async function (this: CatalogWorld, name: string, id: string) {
  await this.attempt(() => this.participant(name).call('verify', id))
})

When('both register {string} at once', async function (this: CatalogWorld, id: string) {
  await callBoth(this, 1, (actor) => ['register', { id, source: SOURCE, actor }])
})

When(
  'both verify {string} {int} times at once',
  async function (this: CatalogWorld, id: string, times: number) {
    await callBoth(this, times, (actor) => ['verify', id, null, { actor }])
  },
)

When(
  'both set {string} to {state} at once, if it is still at revision {int}',
  async function (this: CatalogWorld, id: string, state: LifecycleState, ifRevision: number) {
    await callBoth(this, 1, (actor) => ['setState', id, state, { ifRevision, actor }])
  },
)

When(
  'the provisioner registers one model after another and is killed at the {int}th acknowledgement',
  async function (this: CatalogWorld, count: number) {
    const provisioner = this.participant('provisioner')
    for (let index = 0; index < count; index += 1) await register(this, provisioner, `model-${index}`)
    // The next one is on its way while the process dies: it may be acknowledged or not.
    await Promise.allSettled([register(this, provisioner, 'model-in-flight'), provisioner.kill()])
  },
)

Then(
  'the {participant} sees that {string} is {state} at revision {int}',
  async function (this: CatalogWorld, name: string, id: string, state: LifecycleState, revision: number) {
    const entry = (await this.participant(name).call('get', id)) as ModelEntry | null
    assert.deepEqual([entry?.state, entry?.revision], [state, revision])
  },
)

Then("the orchestrator can serve it from the provisioner's path", async function (this: CatalogWorld) {
  const [path, served] = await Promise.all(
    BOTH.map((name) => this.participant(name).call('modelPath', this.subject)),
  )
  assert.equal(served, path)
})

Then(
  'exactly one of them succeeds, and the other is refused with {code}',
  function (this: CatalogWorld, code: CatalogErrorCode) {
    const error = this.takeError()
    assert.ok(error instanceof AggregateError, String(error))
    assert.equal(error.errors.length, 1)
    assert.ok(isCatalogError(error.errors[0], code), String(error.errors[0]))
  },
)

Then(
  'the {participant} finds every model that was acknowledged',
  async function (this: CatalogWorld, name: string) {
    await assertAcknowledged(this, name)
  },
)

Then('a new provisioner finds every model that was acknowledged', async function (this: CatalogWorld) {
  await this.startParticipant('provisioner')
  await assertAcknowledged(this, 'provisioner')
})

Then(
  'the {participant} can register {string}',
  async function (this: CatalogWorld, name: string, id: string) {
    await register(this, this.participant(name), id)
  },
)

Then('the history has {int} changes by each of them', async function (this: CatalogWorld, count: number) {
  const changes = await this.participant('orchestrator').call('changes')
  const actors = (changes as readonly CommittedChange[]).map(({ actor }) => actor)
  for (const name of BOTH) assert.equal(actors.filter((actor) => actor === name).length, count, name)
})

async function register(world: CatalogWorld, participant: Participant, id: string): Promise<void> {
  await participant.call('register', { id, source: SOURCE })
  world.acknowledged.push(id)
}

/** Each makes the same calls, signed with its name, and none waits for any other. */
async function callBoth(
  world: CatalogWorld,
  times: number,
  toCall: (actor: string) => readonly [command: string, ...args: unknown[]],
): Promise<void> {
  await world.attempt(async () => {
    const calls = BOTH.flatMap((actor) =>
      Array.from({ length: times }, () => world.participant(actor).call(...toCall(actor))),
    )
    const settled = await Promise.allSettled(calls)
    const errors = settled.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []))
    if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('; '))
  })
}

async function assertAcknowledged(world: CatalogWorld, name: string): Promise<void> {
  const entries = (await world.participant(name).call('list')) as readonly ModelEntry[]
  const present = new Set(entries.map(({ id }) => String(id)))
  assert.deepEqual(
    world.acknowledged.filter((id) => !present.has(id)),
    [],
  )
}
