/** All of a room but its messages. Loaded after the first messages are shown. */

export { ask } from '../bot/ask.js'
export { Failure } from './failure.js'
export { Members } from './members.js'
export { Offline } from './offline.js'
export { OlderMessages } from './older-messages.js'
export { ReactionFeed } from './reaction-feed.js'
export { Reactions } from './reactions.js'
export { RoomHealth } from './room-health.js'
export { Typing } from './typing.js'
