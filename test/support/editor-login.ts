import { nodeRedRequire } from "./node-red";

/** Node-RED's setting `adminAuth` for users with their permissions; the password of each is its name. */
export function editorUsers(permissions: Readonly<Record<string, string | readonly string[]>>): object {
  const bcrypt: { hashSync(text: string, rounds: number): string } = nodeRedRequire("bcryptjs");
  const users = Object.entries(permissions).map(([username, permissions]) => ({
    username,
    permissions,
    password: bcrypt.hashSync(username, 4),
  }));
  return { type: "credentials", users };
}

/** The token that such a user is given. */
export async function editorToken(url: string, username: string): Promise<string> {
  const answer = await fetch(`${url}/auth/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_id: "node-red-admin",
      grant_type: "password",
      scope: "",
      username,
      password: username,
    }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
