using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// The reference of a case, the same in each of its letters: made with the key file, so that nobody else can make one
/// that the call centre confirms (Rule 12).
/// </summary>
public static class CaseReferences
{
    public static CaseReference Of(KeyFile keys, Guid change) => CaseReference.Of(
        new NumberKey(keys.Name("case reference", change.ToByteArray(bigEndian: true))).ToBytes());
}
