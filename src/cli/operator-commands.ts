import { Argument, Option, type Command } from "commander"
import { readConfig } from "../config/read-config.ts"
import { roles, scopes } from "../domain/operator.ts"
import type { OperatorAction, OperatorOptions } from "./operators.ts"

const actions: readonly OperatorAction[] = ["add", "list", "role", "rename", "disable", "enable", "rotate"]

type Name = string | undefined

/** Adds `operators`. */
export function addOperators(program: Command): void {
  program
    .command("operators")
    .description(
      "add, list, change, disable or enable the people and keys that may run the shop, or rotate their tokens",
    )
    .addArgument(new Argument("<action>", "what to do").choices(actions))
    .argument("[name]", "the operator's name; not for list")
    .argument("[new-name]", "rename: the name it gets")
    .addOption(new Option("--role <role>", "add, role: what the operator may do").choices(roles))
    .option("--key", "add: a key for a program, which cannot sign in to the control room", false)
    .addOption(
      new Option("--scope <scopes...>", "add --key, role: what a key may do for buyers, in place of a role")
        .choices(scopes)
        .default([]),
    )
    .addOption(new Option("--json", "print one JSON document for programs").default(false))
    .action(async (action: OperatorAction, name: Name, newName: Name, options: OperatorOptions) => {
      const { operators } = await import("./operators.ts")
      await operators(readConfig(), { action, name, newName }, options)
    })
}
