import type { useSubscription } from '@wildcast/react'

/** What the page's subscription gives. */
export type Feed = ReturnType<typeof useSubscription>
