namespace OrleansMail.Fuzz;

/// <summary>A part of the engine and what is always true of it.</summary>
internal interface IFuzzTarget
{
    /// <summary>Names it on the command line; its corpus is the folder of that name.</summary>
    string Name { get; }

    /// <summary>Gives the octets to the part. The same octets always do the same.</summary>
    /// <exception cref="PropertyException">Something that is always true was not.</exception>
    void Run(byte[] input);
}
