import type { Server } from 'node:net'
import { realClock } from '../core/clock.js'

/** How many turns of the event loop to wait: clients may connect in each of them. */
const mostTurns = 200

/** In a longer turn, a client may have connected after Node looked for clients. */
const shortTurnMs = 0.5

/**
 * Stops listening after a short turn of the event loop in which no client came. The kernel has
 * accepted clients that Node has not seen, and resets their connections when the port closes. A
 * proxy that has sent a POST on one would have to answer 502; one that is refused tries another
 * relay.
 */
export async function stopListening(server: Server): Promise<void> {
  let came = false
  const onConnection = (): void => {
    came = true
  }
  server.on('connection', onConnection)
  await turn() // it may have begun before the clients came
  for (let turns = 0; turns < mostTurns; turns++) {
    came = false
    const since = realClock.now()
    await turn()
    if (!came && realClock.now() - since < shortTurnMs) break
  }
  server.off('connection', onConnection)
  server.close()
}

const turn = (): Promise<void> => new Promise((resolve) => realClock.endOfTurn(resolve))
