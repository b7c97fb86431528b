"""What a received file is and claims about itself, found out in a limited child process.

Nothing here imports Django: the child that decodes hostile bytes loads only these modules and the picture libraries.
"""
