using System.Globalization;
using OrleansMail.CrashHost;
using OrleansMail.Storage.FileSystem;

// FOLDER mail COUNT OCTETS: records mail while the folder fails, see RefusedMail. FOLDER STEP COUNT: is killed at a step of maintenance, see KilledMaintenance.
await using var store = FileSystemObjectStore.Open(args[0]);
var count = int.Parse(args[2], CultureInfo.InvariantCulture);
return args[1] == "mail" ? await RefusedMail.RunAsync(store, count, int.Parse(args[3], CultureInfo.InvariantCulture)) : await KilledMaintenance.RunAsync(store, args[1], count);
