import { useAccount } from '../account/account.js'
import { Button } from '../ui/button.js'
import { Empty } from '../ui/empty.js'

/** A room that the relay refuses, with its reason and a way in. */
export function LockedRoom({ reason }: { readonly reason: string }) {
  const account = useAccount((state) => state.account)
  return (
    <Empty icon="lock" title="The vault is for managers">
      You are {account ? `${account.name}, a trader` : 'a guest'}. The relay’s reason:
      <code
        className="my-4 block break-words rounded-xl border border-line bg-panel px-3 py-2 text-left
        font-mono text-xs"
      >
        {reason}
      </code>
      <span className="flex justify-center">
        <Button isMain onClick={() => useAccount.setState({ dialog: 'manager' })}>
          Log in as a manager
        </Button>
      </span>
    </Empty>
  )
}
