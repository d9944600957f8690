// The control API of the simulator.

/** Call it; throws an Error with the server's own sentence. */
export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(`/_sim/${path}`, options);
  const result = await answer.json();
  if (!answer.ok) throw new Error(result.error || `Galat ${answer.status}`);
  return result;
}

/** A resident sends something: {text}, {tap, bubble} or {attach}. */
export function send(resident, spec) {
  return call("POST", `residents/${encodeURIComponent(resident)}/send`, spec);
}
