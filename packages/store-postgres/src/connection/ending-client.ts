import pg from 'pg'

type Connected = ((error: Error) => void) | ((error: null, client: pg.Client) => void)

/**
 * A client that ends its connection if it cannot log in. `pg` leaves it open, if the server asks for a password and there is
 * none, and the process goes on until the server gives up after its `authentication_timeout`.
 */
export class EndingClient extends pg.Client {
  override connect(): Promise<pg.Client>
  override connect(connected: Connected): void
  override connect(connected?: Connected): Promise<pg.Client> | undefined {
    if (connected === undefined) return super.connect().catch((error: unknown) => this.#endAfter(error))
    super.connect((error: Error | null): void => {
      const call = connected as (error: Error | null, client: pg.Client) => void
      if (error !== null && error !== undefined) void this.end().catch(() => undefined)
      call(error, this)
    })
    return undefined
  }

  #endAfter(error: unknown): never {
    void this.end().catch(() => undefined)
    throw error
  }
}
