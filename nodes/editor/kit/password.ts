/** The password of a device config that is deployed; rejects where it is not, or may not be seen. */
export async function storedPassword(id: string): Promise<string> {
  const answer: { password: string } = await $.getJSON(
    `trackers/device-config/${encodeURIComponent(id)}/password`,
  );
  return answer.password;
}
